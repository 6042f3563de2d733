using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Slices.MultiverSeg;
using SegBridge.Models.Slices.ScribblePromptSam;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Golden;

/// <summary>The golden calls of the 2D families, on 128 × 128 pixels.</summary>
internal static class GoldenSlices
{
    private const int Side = 128;
    private const int Cells = Side * Side;
    private const int Examples = 3;

    public static IReadOnlyList<GoldenRow> Unet(ModelBundle bundle, InferenceDevice device)
    {
        using var part = ScribblePromptUnetNetwork.LoadPart(
            Path.Combine(bundle.Folder, bundle.Manifest!.Parts[0].File), new SliceGrid(Side, Side), device);
        var logits = new float[Cells];
        Channels().CopyTo(part.Input, 0);
        part.Run(logits, CancellationToken.None);
        return [.. GoldenNumbers.UnetLogits.Compare(logits)];
    }

    public static IReadOnlyList<GoldenRow> MultiverSeg(ModelBundle bundle)
    {
        var network = (MultiverSegNetwork)bundle.Network!;
        var (channels, grid) = (Channels(), new SliceGrid(Side, Side));
        var images = GoldenFill.Uniform("in:ctx_img", Examples * Cells);
        var labels = GoldenFill.Uniform("in:ctx_lab", Examples * Cells).Select(value => value > 0.5f ? 1f : 0f).ToArray();
        var context = new SliceContext(Enumerable.Range(0, Examples).Select(
            n => new SliceExample(grid, images.AsMemory(n * Cells, Cells), labels.AsMemory(n * Cells, Cells))));
        return
        [
            .. GoldenNumbers.ContextLogits.Compare(network.Run(channels, context)),
            .. GoldenNumbers.NoContextLogits.Compare(network.Run(channels, null)),
        ];
    }

    public static IReadOnlyList<GoldenRow> Sam(ModelBundle bundle)
    {
        var network = (ScribblePromptSamNetwork)bundle.Network!;
        var pixels = GoldenFill.Uniform("in:img", Cells);
        var image = new SliceImage(Side, Side, pixels, null);
        List<GoldenRow> rows = [.. GoldenNumbers.SamEmbedding.Compare(network.Encode(image, pixels).Values)];
        var points = new SlicePrompts();
        points.Points.AddRange([new SlicePoint(40, 30, true), new SlicePoint(90, 100, false)]);
        var all = new SlicePrompts { PositiveScribble = new byte[Cells], NegativeScribble = new byte[Cells] };
        all.Points.AddRange(points.Points);
        all.PositiveScribble.AsSpan((50 * Side) + 60, 10).Fill(1);
        for (var row = 5; row < 9; row++)
        {
            all.NegativeScribble[(row * Side) + 7] = 1;
        }

        all.Boxes.Add(new SliceBox(25, 20, 95, 80));
        var first = network.Predict(new SliceStepInput(image, all, null, null), CancellationToken.None).Best.Logits;
        var second = network.Predict(new SliceStepInput(image, points, first, null), CancellationToken.None).Best.Logits;
        rows.AddRange(GoldenNumbers.SamFirstLow.Compare(first));
        rows.AddRange(GoldenNumbers.SamFirst.Compare(Enlarged(first, network.Grid)));
        rows.AddRange(GoldenNumbers.SamSecondLow.Compare(second));
        rows.AddRange(GoldenNumbers.SamSecond.Compare(Enlarged(second, network.Grid)));
        return rows;
    }

    private static float[] Enlarged(float[] logits, SliceGrid low)
    {
        var enlarged = new float[Cells];
        SamMaskDecoder.Enlarge(logits, low, new SliceGrid(4 * low.Rows, 4 * low.Columns), Side, Side, enlarged);
        return enlarged;
    }

    // Noise in all channels; the previous logits reach from −4 to 4.
    private static float[] Channels()
    {
        var channels = GoldenFill.Uniform("in:x", PromptChannels.Count * Cells);
        for (var n = 4 * Cells; n < channels.Length; n++)
        {
            channels[n] = (8 * channels[n]) - 4;
        }

        return channels;
    }
}
