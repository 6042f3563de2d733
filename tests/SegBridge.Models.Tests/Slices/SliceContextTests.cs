using SegBridge.Models.Slices;
using SegBridge.Models.Slices.MultiverSeg;

namespace SegBridge.Models.Tests.Slices;

public sealed class SliceContextTests
{
    private static readonly SliceGrid Grid = new(2, 2);

    [Fact]
    public void Examples_are_laid_out_one_after_the_other()
    {
        var context = new SliceContext([Example(Grid, 1), Example(Grid, 5)]);

        Assert.Equal(2, context.Count);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], context.Images.ToArray());
        Assert.Equal([-1, -2, -3, -4, -5, -6, -7, -8], context.Masks.ToArray());
        Assert.Equal(32, context.Examples[0].SizeBytes);
        Assert.Equal(0, SliceContext.Empty.Images.Length);
    }

    [Fact]
    public void Too_many_examples_and_examples_of_different_models_are_refused()
    {
        var many = Enumerable.Repeat(Example(Grid, 0), SliceContext.MostExamples + 1);

        Assert.Contains("at most 64 examples, got 65", Assert.Throws<ArgumentException>(() => new SliceContext(many)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SliceContext([Example(Grid, 0), Example(new SliceGrid(1, 4), 0)]));
    }

    [Fact]
    public void A_mask_becomes_hard_and_a_tiny_object_does_not_vanish()
    {
        var fit = new SliceFit(8, 8, Grid);
        var cells = new float[4];
        var mask = new byte[64];

        ExampleMask.Write(mask, fit, cells);
        Assert.Equal([0, 0, 0, 0], cells);

        mask[0] = 1;
        ExampleMask.Write(mask, fit, cells);
        Assert.Equal([1, 0, 0, 0], cells);

        // 12 of 16 pixels of one cell, 4 of 16 of its neighbour.
        Array.Clear(mask);
        for (var n = 0; n < 16; n++)
        {
            mask[(n / 4 * 8) + (n % 4) + 1] = 1;
        }

        ExampleMask.Write(mask, fit, cells);
        Assert.Equal([1, 0, 0, 0], cells);
    }

    private static SliceExample Example(SliceGrid grid, int first)
    {
        float[] image = [first, first + 1, first + 2, first + 3];
        return new SliceExample(grid, image, image.Select(value => -value).ToArray());
    }
}
