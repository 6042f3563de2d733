using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tests;

/// <summary>
/// A slice model without a network, so that these tests are about sessions: the object is every pixel above 0.5
/// that is not under a negative scribble or click, and every pixel under a positive one. It can be held up.
/// </summary>
internal sealed class BrightnessModel : ISliceModel
{
    public const string Id = "brightness";

    private const int Grid = 8;

    public ModelManifest Manifest { get; init; } = TestManifest.Of(Id, Grid);

    public int LogitCount => Grid * Grid;

    /// <summary>Steps wait for this before they predict.</summary>
    public Func<CancellationToken, Task> Hold { get; set; } = _ => Task.CompletedTask;

    /// <summary>What the model was given, in order.</summary>
    public List<(SliceImage Image, SlicePrompts Prompts, float[]? Previous)> Calls { get; } = [];

    public async Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        lock (Calls)
        {
            Calls.Add((image, prompts, previousLogits?.ToArray()));
        }

        await Hold(cancellation);
        var mask = new byte[image.Rows * image.Columns];
        for (var n = 0; n < mask.Length; n++)
        {
            var drawn = (prompts.PositiveScribble?[n] ?? 0) > 0;
            var erased = (prompts.NegativeScribble?[n] ?? 0) > 0;
            mask[n] = drawn || (image.Pixels.Span[n] > 0.5f && !erased) ? (byte)1 : (byte)0;
        }

        foreach (var point in prompts.Points)
        {
            mask[((int)Math.Round(point.Row) * image.Columns) + (int)Math.Round(point.Column)] = point.Positive ? (byte)1 : (byte)0;
        }

        var logits = new float[LogitCount];
        logits[0] = Calls.Count;
        return new SlicePrediction(logits, mask, 0.5f, new SlicePixel(1, 2, 0.25f), 0, 0);
    }

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns)
    {
        var logits = new float[LogitCount];
        logits[0] = -mask.ToArray().Count(value => value != 0);
        return logits;
    }
}
