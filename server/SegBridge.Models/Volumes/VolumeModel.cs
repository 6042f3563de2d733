using System.Diagnostics;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>Queues the work of a volume model on its device and takes the time.</summary>
internal sealed class VolumeModel(ModelBundle bundle, VolumeNetwork network, InferenceDevice device) : IVolumeModel
{
    public ModelBundle Bundle { get; } = bundle;

    public ModelManifest Manifest { get; } = bundle.Manifest!;

    public int GridSize => network.GridSize;

    public long FeatureBytes => network.FeatureBytes;

    public async Task<PatchFeatures> EncodeAsync(VolumePatch patch, string owner, Action<int>? queued, CancellationToken cancellation)
    {
        VolumeInput.RequirePatch(patch, GridSize);
        return await RunAsync(null, (queueMs, token) =>
        {
            var started = Stopwatch.GetTimestamp();
            Laps.OfThisThread.Restart();
            var features = network.Encode(patch, token);
            (features.QueueMs, features.ModelMs) = (queueMs, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            features.Parts = Laps.OfThisThread.Parts;
            return features;
        }, owner, queued, cancellation);
    }

    public async Task<VolumePrediction> StepAsync(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        RequireOwn(features);
        VolumeInput.RequirePrompts(prompts, GridSize);
        VolumeInput.RequireSome(prompts);
        VolumeInput.RequireMaps(cumulative, GridSize);
        if (previousLogits is { } previous)
        {
            VolumeInput.RequireLogits(previous, GridSize, nameof(previousLogits));
        }

        return await RunAsync(features, (queueMs, token) =>
        {
            var started = Stopwatch.GetTimestamp();
            Laps.OfThisThread.Restart();
            var candidates = network.Decode(features, prompts, cumulative, previousLogits, token);
            var decoderMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var selected = Enumerable.Range(0, candidates.Count).MaxBy(n => candidates[n].Confidence);
            var refined = Refine(features, candidates[selected].Logits, candidates, cumulative, token);
            Laps.OfThisThread.End("decode");
            return new VolumePrediction
            {
                Candidates = candidates,
                Selected = selected,
                Refined = refined,
                Parts = Laps.OfThisThread.Parts,
                QueueMs = queueMs,
                DecoderMs = decoderMs,
            };
        }, owner, queued, cancellation);
    }

    public async Task<RefinedVolume> RefineAsync(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        RequireOwn(features);
        VolumeInput.RequireLogits(candidateLogits, GridSize, nameof(candidateLogits));
        VolumeInput.RequireMaps(cumulative, GridSize);
        return await RunAsync(features, (_, token) => Refine(features, candidateLogits, [], cumulative, token), owner, queued, cancellation);
    }

    private RefinedVolume Refine(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, IReadOnlyList<VolumeCandidate> all, PromptMaps cumulative,
        CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var (logits, errorMap) = network.Refine(features, candidateLogits, cumulative, cancellation);
        var uncertain = MostUncertainVoxel.Find(logits.Span, features.Patch.Inside, all, cumulative);
        return new RefinedVolume(logits, errorMap, uncertain, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private void RequireOwn(PatchFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Network != network)
        {
            throw new StaleFeaturesException($"the features were not made by model {Manifest.Id} as it is now: encode the patch again");
        }
    }

    private async Task<T> RunAsync<T>(
        PatchFeatures? features, Func<double, CancellationToken, T> work, string owner, Action<int>? queued, CancellationToken cancellation)
    {
        network.Acquire(Bundle.Id);
        try
        {
            features?.Acquire();
            try
            {
                var asked = Stopwatch.GetTimestamp();
                return await device.RunAsync(
                    owner, token => work(Stopwatch.GetElapsedTime(asked).TotalMilliseconds, token), queued, cancellation);
            }
            finally
            {
                features?.Release();
            }
        }
        finally
        {
            network.Release();
        }
    }
}
