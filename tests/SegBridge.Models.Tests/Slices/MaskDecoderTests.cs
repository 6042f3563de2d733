using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Slices;

public sealed class MaskDecoderTests
{
    [Fact]
    public void On_a_slice_of_the_grids_size_the_mask_is_where_logits_are_not_negative()
    {
        var decoded = MaskDecoder.Decode([-1, 0, 3, -0.001f, 9, -9], new SliceFit(2, 3, new SliceGrid(2, 3)));

        Assert.Equal([0, 1, 1, 0, 1, 0], decoded.Mask);
    }

    [Fact]
    public void Confidence_is_the_expected_soft_Dice()
    {
        float[] p = [0.9f, 0.6f, 0.2f, 0.1f];
        var decoded = MaskDecoder.Decode([.. p.Select(Logit)], new SliceFit(2, 2, new SliceGrid(2, 2)));

        Assert.Equal(2 * 1.5 / (1.8 + 2), decoded.Confidence, 1e-6);
    }

    [Fact]
    public void An_empty_mask_has_no_confidence_and_a_sure_one_nearly_all()
    {
        var fit = new SliceFit(64, 64, new SliceGrid(16, 16));

        Assert.Equal(0, MaskDecoder.Decode(Constant(-20), fit).Confidence);
        Assert.Null(MaskDecoder.Decode(Constant(-20), fit).MostUncertain);
        Assert.Equal(1, MaskDecoder.Decode(Constant(20), fit).Confidence, 1e-5);
    }

    [Fact]
    public void A_mask_is_not_transposed_on_its_way_to_a_slice_of_another_shape()
    {
        // Cells of rows 2..4 and columns 8..15 of a 16 × 16 grid, on a slice of 32 × 64.
        var logits = Constant(-9);
        for (var row = 2; row < 5; row++)
        {
            logits.AsSpan((row * 16) + 8, 8).Fill(9);
        }

        var decoded = MaskDecoder.Decode(logits, new SliceFit(32, 64, new SliceGrid(16, 16)));

        for (var n = 0; n < decoded.Mask.Length; n++)
        {
            var (row, column) = (n / 64, n % 64);
            // Interpolation along both axes takes the outermost pixel off the two corners: 0.75 · 0.625 < ½.
            var inside = row is >= 4 and < 10 && column >= 32 && !(row is 4 or 9 && column == 32);
            Assert.Equal(inside ? 1 : 0, decoded.Mask[n]);
        }
    }

    [Fact]
    public void The_most_uncertain_pixel_lies_in_the_doubtful_area_not_on_a_sharp_edge()
    {
        // A sharp edge between columns 3 and 4; a doubtful patch around row 40, column 50.
        var logits = new float[64 * 64];
        for (var n = 0; n < logits.Length; n++)
        {
            var (row, column) = (n / 64, n % 64);
            logits[n] = column < 3 ? 9 : column == 3 ? 0 : Math.Abs(row - 40) <= 4 && Math.Abs(column - 50) <= 4 ? 0.1f : -9;
        }

        var found = MaskDecoder.Decode(logits, new SliceFit(128, 256, new SliceGrid(64, 64))).MostUncertain!.Value;

        Assert.InRange(found.Row, 80 - 3, 81 + 3);
        Assert.InRange(found.Column, 200 - 6, 203 + 6);
        Assert.InRange(found.Uncertainty, 0.9f, 1f);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_most_uncertain_pixel_is_not_where_the_user_has_prompted_already(bool scribble)
    {
        // Two doubtful patches, around cells (20, 20) and (40, 50); the first is the larger.
        var logits = new float[64 * 64];
        for (var n = 0; n < logits.Length; n++)
        {
            var (row, column) = (n / 64, n % 64);
            var (first, second) = (Math.Max(Math.Abs(row - 20), Math.Abs(column - 20)), Math.Max(Math.Abs(row - 40), Math.Abs(column - 50)));
            logits[n] = first <= 3 || second <= 2 ? 0.1f : -9;
        }

        var fit = new SliceFit(128, 256, new SliceGrid(64, 64));
        var prompts = new SlicePrompts();
        if (scribble)
        {
            prompts.NegativeScribble = new byte[128 * 256];
            prompts.NegativeScribble.AsSpan((41 * 256) + 60, 50).Fill(1);
        }
        else
        {
            prompts.Points.Add(new SlicePoint(41, 81, true));
        }

        Assert.InRange(MaskDecoder.Decode(logits, fit).MostUncertain!.Value.Column, 70, 92);
        Assert.InRange(MaskDecoder.Decode(logits, fit, prompts).MostUncertain!.Value.Column, 190, 214);
    }

    private static float Logit(float p) => MathF.Log(p / (1 - p));

    private static float[] Constant(float value)
    {
        var logits = new float[16 * 16];
        Array.Fill(logits, value);
        return logits;
    }
}
