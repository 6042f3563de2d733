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

    public long FeatureBytes => network.FeatureBytes;

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        PredictAsync(new SliceStepInput(image, prompts, previousLogits, null), owner, queued, cancellation);

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, SliceContext context, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        PredictAsync(new SliceStepInput(image, prompts, previousLogits, context), owner, queued, cancellation);

    public SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask)
    {
        ArgumentNullException.ThrowIfNull(image);
        SliceInput.RequireMap(image.Pixels.Length, image.Rows, image.Columns, nameof(image));
        SliceInput.RequireMap(mask.Length, image.Rows, image.Columns, nameof(mask));
        return network.ExampleOf(image, mask) ?? throw new NotSupportedException($"model {Manifest.Id} takes no context");
    }

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns)
    {
        SliceInput.RequireMap(mask.Length, rows, columns, nameof(mask));
        var logits = new float[LogitCount];
        MaskLogits.Write(mask, new SliceFit(rows, columns, network.Grid), logits);
        return logits;
    }

    public float[] ProbabilitiesOf(ReadOnlySpan<float> logits, int rows, int columns)
    {
        if (logits.Length != LogitCount)
        {
            throw new ArgumentException($"the logits of model {Manifest.Id} are {LogitCount}, got {logits.Length}", nameof(logits));
        }

        var probabilities = new float[rows * columns];
        network.Probabilities(logits, rows, columns, probabilities);
        return probabilities;
    }

    private async Task<SlicePrediction> PredictAsync(
        SliceStepInput step, string owner, Action<int>? queued, CancellationToken cancellation)
    {
        SliceInput.Require(step.Image, step.Prompts, step.PreviousLogits, LogitCount);
        if (step.Context is { Count: > 0 } context && Manifest.UsesContext)
        {
            SliceInput.RequireContext(context, Manifest);
        }

        network.Acquire(Bundle.Id);
        try
        {
            var asked = Stopwatch.GetTimestamp();
            return await device.RunAsync(owner, token => Predict(step, asked, token), queued, cancellation);
        }
        finally
        {
            network.Release();
        }
    }

    private SlicePrediction Predict(SliceStepInput step, long asked, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        Laps.OfThisThread.Restart();
        var answer = network.Predict(step, cancellation);
        Laps.OfThisThread.End("decode");
        var best = answer.Best;
        return new SlicePrediction(
            best.Logits, best.Mask, best.Confidence, best.MostUncertain,
            Stopwatch.GetElapsedTime(asked, started).TotalMilliseconds, Stopwatch.GetElapsedTime(started).TotalMilliseconds)
        {
            Candidates = answer.Candidates,
            Chosen = answer.Chosen,
            Parts = Laps.OfThisThread.Parts,
        };
    }
}
