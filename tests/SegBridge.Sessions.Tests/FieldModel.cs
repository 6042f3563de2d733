using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Sessions.Tests;

/// <summary>
/// A 3D model without a network: the image is its logits, positive inside the object. It takes any grid, so that tests
/// can ask what becomes of an analytic field on its way from the volume to a patch and back.
/// </summary>
internal sealed class FieldModel(InputGrid input, ZScoreRule? rule = null) : IVolumeModel
{
    public const string Id = "field";

    public ModelManifest Manifest { get; } = TestManifest.Of(Id, input.Size[0]) with
    {
        Family = ModelFamily.Prism,
        Dimension = 3,
        Input = input,
        Normalisation = new ZScoreNormalisation(
            new Dictionary<string, ZScoreRule>(), rule ?? new ZScoreRule { Clip = new(-1, 1), Mean = 0, StandardDeviation = 1 }),
    };

    public int GridSize => input.Size[0];

    /// <summary>Patches encoded, in order.</summary>
    public List<VolumePatch> Patches { get; } = [];

    /// <summary>What each step was given, in order.</summary>
    public List<(VolumePatch Patch, VolumePrompts Prompts, float[]? Previous)> Steps { get; } = [];

    public Task<PatchFeatures> EncodeAsync(VolumePatch patch, string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Patches.Add(patch);
        return Task.FromResult(new PatchFeatures(null!, patch, []));
    }

    public Task<VolumePrediction> StepAsync(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Steps.Add((features.Patch, prompts, previousLogits?.ToArray()));
        return Task.FromResult(new VolumePrediction
        {
            Candidates = [new VolumeCandidate(features.Patch.Voxels, 0.9f)],
            Selected = 0,
            Refined = new RefinedVolume(features.Patch.Voxels, null, null, 0),
            QueueMs = 0,
            DecoderMs = 0,
        });
    }

    public Task<RefinedVolume> RefineAsync(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        Task.FromResult(new RefinedVolume(candidateLogits, null, null, 0));
}
