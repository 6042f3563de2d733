using System.Diagnostics;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>Queues the steps of a slice model on its device and takes the time.</summary>
internal sealed class SliceModel(ModelBundle bundle, SliceNetwork network, InferenceDevice device) : ISliceModel
{
    public ModelBundle Bundle { get; } = bundle;

    public ModelManifest Manifest { get; } = bundle.Manifest!;

    public int LogitCount => network.Grid.Count;

    public async Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        SliceInput.Require(image, prompts, previousLogits, LogitCount);
        network.Acquire(Bundle.Id);
        try
        {
            var asked = Stopwatch.GetTimestamp();
            return await device.RunAsync(owner, token => Predict(image, prompts, previousLogits, asked, token), queued, cancellation);
        }
        finally
        {
            network.Release();
        }
    }

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns)
    {
        SliceInput.RequireMap(mask.Length, rows, columns, nameof(mask));
        var logits = new float[LogitCount];
        MaskLogits.Write(mask, new SliceFit(rows, columns, network.Grid), logits);
        return logits;
    }

    private SlicePrediction Predict(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits, long asked, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var previous = previousLogits is { } logits ? logits.Span : default;
        var (result, mask) = network.Predict(image, prompts, previous, cancellation);
        return new SlicePrediction(
            result, mask.Mask, mask.Confidence, mask.MostUncertain,
            Stopwatch.GetElapsedTime(asked, started).TotalMilliseconds, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
