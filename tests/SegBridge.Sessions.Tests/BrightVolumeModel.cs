using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Sessions.Tests;

/// <summary>
/// A 3D model without a network, so that these tests are about sessions: its candidates are every voxel above
/// 0.5, nothing, and everything; the first is the best.
/// </summary>
internal sealed class BrightVolumeModel : IVolumeModel
{
    public const string Id = "bright-volume";

    public const int Grid = 16;

    public ModelManifest Manifest { get; } = TestManifest.Of(Id, Grid) with
    {
        Family = ModelFamily.Prism,
        Dimension = 3,
        Candidates = 3,
        Input = new InputGrid([Grid, Grid, Grid], [2, 2, 2], 1),
        Normalisation = new ZScoreNormalisation(
            new Dictionary<string, ZScoreRule>(), new ZScoreRule { Clip = new(0, 1), Mean = 0, StandardDeviation = 1 }),
    };

    public int GridSize => Grid;

    public int Encoded { get; private set; }

    /// <summary>What the model was given, in order.</summary>
    public List<(VolumePrompts Prompts, float[] Maps, float[]? Previous)> Calls { get; } = [];

    public Task<PatchFeatures> EncodeAsync(VolumePatch patch, string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Encoded++;
        return Task.FromResult(new PatchFeatures(null!, patch, []));
    }

    public Task<VolumePrediction> StepAsync(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Calls.Add((prompts, cumulative.Values.ToArray(), previousLogits?.ToArray()));
        var bright = Array.ConvertAll(features.Patch.Voxels.ToArray(), value => value > 0.5f ? 3f : -3f);
        // Tells a first step from a second, and a step on one mask from a step on another.
        bright[0] = (previousLogits?.Span[0] ?? 0) - 1;
        var (nothing, everything) = (new float[bright.Length], new float[bright.Length]);
        nothing.AsSpan().Fill(-1);
        everything.AsSpan().Fill(1);
        return Task.FromResult(new VolumePrediction
        {
            Candidates = [new VolumeCandidate(bright, 0.8f), new VolumeCandidate(nothing, 0.1f), new VolumeCandidate(everything, 0.2f)],
            Selected = 0,
            Refined = new RefinedVolume(bright, null, new PatchUncertainty(new PatchVoxel(8, 8, 8), 0.5f), 0),
            QueueMs = 0,
            DecoderMs = 0,
        });
    }

    public Task<RefinedVolume> RefineAsync(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        Task.FromResult(new RefinedVolume(candidateLogits, null, new PatchUncertainty(new PatchVoxel(8, 8, 8), 0.5f), 0));
}
