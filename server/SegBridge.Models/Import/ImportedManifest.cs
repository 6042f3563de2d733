using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Import.Families;

namespace SegBridge.Models.Import;

/// <summary>Writes model.json of an imported bundle.</summary>
internal static class ImportedManifest
{
    public const string UnknownLicence = "unknown: ask its authors";

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(ImportRequest request, FamilyRecipe family, IReadOnlyList<ModelPart> parts, IReadOnlyList<ImportSource> sources, string date)
    {
        var manifest = new JsonObject
        {
            ["schema"] = 1,
            ["id"] = request.Id,
            ["version"] = "1.0.0",
            ["family"] = FamilyNames.Of(family.Family),
            ["title"] = request.Title ?? family.Title,
            ["description"] = family.Description,
            ["dimension"] = family.Dimension,
            ["licence"] = request.Licence ?? UnknownLicence,
            ["provenance"] = new JsonObject
            {
                ["trainedOn"] = new JsonArray(),
                ["commit"] = "",
                ["date"] = date,
                ["imported"] = new JsonArray([.. sources.Select(SourceOf)]),
            },
            ["prompts"] = Texts("point", "box", "scribble", "lasso", "mask"),
            ["candidates"] = family.Candidates,
            ["context"] = family.UsesContext,
            ["input"] = new JsonObject
            {
                ["size"] = new JsonArray([.. family.Size.Select(length => JsonValue.Create(length))]),
                // PRISM was trained at 1 mm; slices are fitted to the grid.
                ["spacing"] = family.Dimension == 3 ? new JsonArray(1, 1, 1) : "fit",
                ["channels"] = family.Channels,
            },
            ["normalisation"] = request.Intensities is { } intensities ? ZScore(intensities) : MinMax(),
            ["parts"] = new JsonArray([.. parts.Select(part => new JsonObject
            {
                ["name"] = part.Name, ["file"] = part.File, ["sha256"] = part.Sha256, ["bytes"] = part.Bytes,
            })]),
            ["metrics"] = new JsonArray(),
        };
        if (family.LeastContext > 1)
        {
            manifest["leastContext"] = family.LeastContext;
        }

        return manifest.ToJsonString(Options) + "\n";
    }

    private static JsonObject SourceOf(ImportSource source) => new()
    {
        ["checkpoint"] = source.File,
        ["sha256"] = source.Sha256,
        ["bytes"] = source.Bytes,
    };

    private static JsonObject MinMax() => new()
    {
        ["method"] = "minmax",
        ["clip"] = "window-or-percentiles",
        ["percentiles"] = new JsonArray(0.5, 99.5),
    };

    private static JsonObject ZScore(PrismIntensities intensities)
    {
        var rule = new JsonObject
        {
            ["clip"] = new JsonArray(intensities.Low, intensities.High),
            ["mean"] = intensities.Mean,
            ["std"] = intensities.StandardDeviation,
        };
        var normalisation = new JsonObject { ["method"] = "zscore" };
        if (intensities.Modality is { } modality)
        {
            normalisation["modalities"] = new JsonObject { [modality] = rule };
        }
        else
        {
            normalisation["otherwise"] = rule;
        }

        return normalisation;
    }

    private static JsonArray Texts(params string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
