using System.Globalization;
using System.Text;
using SegBridge.Models.Bundles;
using SegBridge.Models.Import.Families;

namespace SegBridge.Models.Import;

/// <summary>Writes MODEL_CARD.md of an imported bundle: what is known, and what its owner should add.</summary>
internal static class ImportedCard
{
    public const string FileName = "MODEL_CARD.md";

    public static string Of(
        ImportRequest request, FamilyRecipe family, IReadOnlyList<ModelPart> parts, IReadOnlyList<ImportSource> sources, HalfReport? half, string date)
    {
        var card = new StringBuilder();
        void Line(string text) => card.Append(text).Append('\n');
        Line($"# {request.Title ?? family.Title} (`{request.Id}`)");
        Line("");
        Line(family.Description);
        Line("");
        Line($"- Family: {FamilyNames.Of(family.Family)}, at the published size.");
        Line($"- Licence of the weights: {request.Licence ?? ImportedManifest.UnknownLicence}.");
        Line($"- Imported on {date} from:");
        foreach (var source in sources)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"  - `{source.File}`, {source.Bytes:N0} bytes, {source.Tensors} tensors, SHA-256 `{source.Sha256}`"));
        }

        Line(half is null
            ? "- Weights: float32, exactly those of the checkpoint."
            : string.Create(CultureInfo.InvariantCulture, $"- Weights: float16; rounding changed `{half.Tensor}` most, by {half.LargestError:g3}."));
        foreach (var part in parts)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"- `{part.File}`: part {part.Name}, {part.Bytes:N0} bytes."));
        }

        if (family.Family is ModelFamily.ScribblePromptSam or ModelFamily.Prism)
        {
            Line($"- Scribbles reach the network as clicks, at most {ModelManifest.DefaultScribbleTokens} a step, spread over larger scribbles (scribbleTokens in model.json changes it).");
        }

        Line("");
        Line("Not known from the checkpoint, to be added by whoever installed it: training data and their licences, intended use, accuracy, known failures.");
        Line("Nothing here was measured; the import checked that the network is the published one and that it runs.");
        return card.ToString();
    }
}
