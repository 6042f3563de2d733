using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tests.Tasks;

/// <summary>
/// A model of context without a network: where the mean of the examples' masks says so, and under positive clicks, is the
/// object. It takes as long as it is told.
/// </summary>
internal sealed class ContextModel : ISliceModel
{
    private const int Side = 8;

    public ModelManifest Manifest { get; init; } = TestManifest.Of("context", Side) with { UsesContext = true, Family = ModelFamily.MultiverSeg };

    public int LogitCount => Side * Side;

    public Func<int, double> MsOf { get; set; } = examples => examples + 1;

    public List<SliceContext> Contexts { get; } = [];

    public int ExamplesMade { get; private set; }

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        PredictAsync(image, prompts, SliceContext.Empty, previousLogits, owner, queued, cancellation);

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, SliceContext context, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Contexts.Add(context);
        var mask = new byte[image.Rows * image.Columns];
        for (var n = 0; n < mask.Length; n++)
        {
            var cell = (n / image.Columns * Side / image.Rows * Side) + (n % image.Columns * Side / image.Columns);
            mask[n] = context.Count > 0 && context.Examples.Average(example => example.Mask.Span[cell]) >= 0.5 ? (byte)1 : (byte)0;
        }

        foreach (var point in prompts.Points)
        {
            mask[((int)point.Row * image.Columns) + (int)point.Column] = 1;
        }

        return Task.FromResult(new SlicePrediction(new float[LogitCount], mask, 0.5f, null, 0, MsOf(context.Count)));
    }

    public SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask)
    {
        ExamplesMade++;
        var cells = new float[LogitCount];
        for (var n = 0; n < cells.Length; n++)
        {
            cells[n] = mask[(((n / Side * 2) + 1) * image.Rows / (2 * Side) * image.Columns) + (((n % Side * 2) + 1) * image.Columns / (2 * Side))];
        }

        return new SliceExample(new SliceGrid(Side, Side), new float[LogitCount], cells);
    }

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns) => new float[LogitCount];
}
