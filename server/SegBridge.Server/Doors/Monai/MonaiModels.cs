using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Models.Bundles;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// The models as the viewers list them: each one for points ("deepgrow"), and those that take strokes once more for scribbles.
/// </summary>
internal sealed class MonaiModels(ModelRepository repository, MonaiSettings settings)
{
    /// <summary>No id of a model has a colon.</summary>
    private const string ScribbleSuffix = ":scribbles";

    /// <summary>The label of requests that name none.</summary>
    public string DefaultLabel => settings.Labels[0];

    /// <summary>By name, for <c>/info/</c>.</summary>
    public JsonObject Described
    {
        get
        {
            // Waits while bundles load, for viewers ask once.
            _ = repository.DefaultModelId;
            var described = new JsonObject();
            foreach (var model in repository.Bundles.Where(bundle => bundle.State == BundleState.Ready).Select(bundle => bundle.Manifest!))
            {
                described[model.Id] = Describe(model, "deepgrow");
                if (model.Prompts.Contains(PromptKind.Scribble))
                {
                    described[model.Id + ScribbleSuffix] = Describe(model, "scribbles");
                }
            }

            return described;
        }
    }

    /// <summary>Label values by name, from 1; where viewers have a list of names only, its order is the same.</summary>
    public JsonObject Labels => new(settings.Labels.Select((label, n) => KeyValuePair.Create(label, (JsonNode?)(n + 1))));

    public IReadOnlyList<string> LabelList => settings.Labels;

    public JsonArray LabelNames => [.. settings.Labels.Select(label => JsonValue.Create(label))];

    /// <exception cref="DoorException">There is none of this name: 404.</exception>
    public ModelManifest Find(string name)
    {
        var id = name.EndsWith(ScribbleSuffix, StringComparison.Ordinal) ? name[..^ScribbleSuffix.Length] : name;
        return repository.Bundles.Any(bundle => bundle.Id == id)
            ? repository.Get(id).Manifest!
            : throw new DoorException(StatusCodes.Status404NotFound, "there is no such model; /info/ names those there are");
    }

    private JsonObject Describe(ModelManifest model, string type) => new()
    {
        ["type"] = type,
        ["dimension"] = model.Dimension,
        ["labels"] = Labels,
        ["description"] = model.Description,
        ["config"] = ConfigOf(model),
    };

    // A list becomes a choice in the viewers, and what is chosen comes back with each inference.
    private static JsonObject ConfigOf(ModelManifest model)
    {
        var config = new JsonObject { [InferParams.ModalityKey] = new JsonArray([.. InferParams.Modalities.Keys.Select(name => JsonValue.Create(name))]) };
        if (model.Candidates > 1)
        {
            config[InferParams.CandidateKey] = new JsonArray(
                [JsonValue.Create(InferParams.BestCandidate), .. Enumerable.Range(2, model.Candidates - 1).Select(rank => JsonValue.Create($"{rank}"))]);
        }

        return config;
    }
}
