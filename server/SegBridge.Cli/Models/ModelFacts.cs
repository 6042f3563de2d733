using SegBridge.Models.Bundles;

namespace SegBridge.Cli.Models;

/// <summary>What the <c>models</c> commands say about a bundle.</summary>
internal sealed record ModelFacts(
    string Id,
    BundleState State,
    string? Reason,
    string? Version,
    string? Family,
    string? Title,
    string? Description,
    int? Dimension,
    string? Licence,
    IReadOnlyList<PromptKind>? Prompts,
    int? Candidates,
    IReadOnlyList<int>? InputSize,
    IReadOnlyList<double>? InputSpacingMm,
    string? Trained,
    IReadOnlyList<TrainingSet>? TrainedOn,
    IReadOnlyList<ModelMetric>? Metrics,
    IReadOnlyList<ModelPart>? Parts,
    string Device,
    long SizeBytes,
    string Folder)
{
    public static ModelFacts Of(ModelBundle bundle)
    {
        var manifest = bundle.Manifest;
        return new ModelFacts(
            bundle.Id, bundle.State, bundle.Reason, manifest?.Version, manifest is null ? null : FamilyNames.Of(manifest.Family), manifest?.Title, manifest?.Description,
            manifest?.Dimension, manifest?.Licence, manifest?.Prompts, manifest?.Candidates, manifest?.Input.Size, manifest?.Input.SpacingMm,
            manifest?.Provenance.Date, manifest?.Provenance.TrainedOn, manifest?.Metrics, manifest?.Parts, bundle.Device, bundle.SizeBytes, bundle.Folder);
    }
}
