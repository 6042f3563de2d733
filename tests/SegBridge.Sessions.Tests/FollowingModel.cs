using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tests;

/// <summary>
/// A slice model without a network: the object is every bright pixel of the previous mask, or every bright pixel when
/// there is none, with clicked pixels put in and taken out. Its logits are on the slice's own pixels.
/// </summary>
internal sealed class FollowingModel(bool usesContext, int rows, int columns) : ISliceModel
{
    public const string Id = "following";

    private const float Bright = 100;

    public ModelManifest Manifest { get; } = TestManifest.Of(Id, rows) with { UsesContext = usesContext };

    public int LogitCount => rows * columns;

    /// <summary>Predictions wait for this; it gets the slice.</summary>
    public Func<int, CancellationToken, Task> Hold { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Of predictions that are not empty, by slice.</summary>
    public Func<int, float> Confidence { get; set; } = _ => 0.9f;

    /// <summary>What the model was given, in order; slices by the mark that their first pixel bears.</summary>
    public List<(int Slice, int[] Examples, bool Drawn)> Calls { get; } = [];

    public IEnumerable<int> Slices => Calls.Select(call => call.Slice);

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        PredictAsync(image, prompts, SliceContext.Empty, previousLogits, owner, queued, cancellation);

    public async Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, SliceContext context, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        var slice = (int)image.Pixels.Span[0];
        Calls.Add((slice, [.. context.Examples.Select(example => (int)example.Image.Span[0])], prompts.PositiveScribble is not null));
        await Hold(slice, cancellation);
        var mask = new byte[LogitCount];
        for (var n = 0; n < mask.Length; n++)
        {
            var followed = previousLogits is not { } previous || previous.Span[n] > 0;
            mask[n] = followed && image.Pixels.Span[n] > Bright ? (byte)1 : (byte)0;
        }

        foreach (var point in prompts.Points)
        {
            mask[((int)point.Row * columns) + (int)point.Column] = point.Positive ? (byte)1 : (byte)0;
        }

        var confidence = mask.Contains((byte)1) ? Confidence(slice) : 0;
        return new SlicePrediction(LogitsOf(mask, rows, columns), mask, confidence, null, 0, 1);
    }

    public SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask) =>
        new(new SliceGrid(rows, columns), image.Pixels, LogitsOf(mask, rows, columns));

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int maskRows, int maskColumns) =>
        Array.ConvertAll(mask.ToArray(), value => value != 0 ? 6f : -6f);
}
