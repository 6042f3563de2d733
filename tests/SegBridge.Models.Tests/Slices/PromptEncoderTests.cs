using SegBridge.Models.Slices;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Tests.Slices;

public sealed class PromptEncoderTests
{
    private static readonly SliceGrid Grid = new(128, 128);

    [Fact]
    public void A_box_covers_its_rows_and_columns_with_exclusive_ends()
    {
        var box = Boxes(new SliceFit(128, 128, Grid), new SliceBox(20, 30, 25, 90));

        Assert.Equal(5 * 60, Marked(box).Count);
        Assert.Equal((20, 30), Marked(box)[0]);
        Assert.Equal((24, 89), Marked(box)[^1]);
    }

    [Fact]
    public void A_box_is_scaled_and_truncated_on_a_slice_of_another_shape()
    {
        // 256 rows: halved. 512 columns: a quarter.
        var box = Boxes(new SliceFit(256, 512, Grid), new SliceBox(41, 122, 60, 363));

        Assert.Equal((20, 30), Marked(box)[0]);
        Assert.Equal((29, 89), Marked(box)[^1]);
        Assert.Equal(10 * 60, Marked(box).Count);
    }

    [Fact]
    public void Boxes_are_joined_corners_come_in_any_order_and_outside_is_cut_off()
    {
        var fit = new SliceFit(128, 128, Grid);

        Assert.Equal(Boxes(fit, new SliceBox(1, 2, 5, 6)), Boxes(fit, new SliceBox(5, 6, 1, 2)));
        Assert.Equal(16 + 1, Marked(Boxes(fit, new SliceBox(0, 0, 4, 4), new SliceBox(100, 100, 101, 101), new SliceBox(1, 1, 3, 3))).Count);
        Assert.Equal(4, Marked(Boxes(fit, new SliceBox(-10, -10, 2, 2))).Count);
        Assert.Empty(Marked(Boxes(fit, new SliceBox(200, 200, 300, 300))));
    }

    [Fact]
    public void A_small_box_on_a_large_slice_does_not_vanish() =>
        Assert.Equal([(2, 3)], Marked(Boxes(new SliceFit(1024, 1024, Grid), new SliceBox(17, 25, 19, 26))));

    [Fact]
    public void A_click_marks_the_cell_in_which_the_centre_of_its_pixel_lies()
    {
        var fit = new SliceFit(512, 256, Grid);

        var (positive, negative) = Points(fit, new SlicePoint(100, 40, true), new SlicePoint(3, 255, false));

        // (100.5 · ¼, 40.5 · ½) and (3.5 · ¼, 255.5 · ½), truncated.
        Assert.Equal([(25, 20)], Marked(positive));
        Assert.Equal([(0, 127)], Marked(negative));
    }

    [Fact]
    public void On_a_slice_of_the_grids_size_every_pixel_is_its_own_cell()
    {
        var fit = new SliceFit(128, 128, Grid);
        for (var n = 0; n < 128; n++)
        {
            Assert.Equal((n, 127 - n), (fit.CellRow(n), fit.CellColumn(127 - n)));
            Assert.Equal((n, n), fit.PixelOf(n, n));
        }
    }

    [Theory]
    [InlineData(-0.5, -0.5, 0, 0)]
    [InlineData(63.5, 63.5, 127, 127)]
    [InlineData(0.2, 63, 1, 127)]
    public void Clicks_between_pixels_and_on_the_edge_stay_on_the_grid(double row, double column, int cellRow, int cellColumn)
    {
        var (positive, _) = Points(new SliceFit(64, 64, Grid), new SlicePoint(row, column, true));

        Assert.Equal([(cellRow, cellColumn)], Marked(positive));
    }

    [Fact]
    public void The_last_click_on_a_cell_wins()
    {
        var fit = new SliceFit(512, 512, Grid);

        // Different pixels of one cell.
        var (positive, negative) = Points(fit, new SlicePoint(40, 80, true), new SlicePoint(43, 83, false));
        Assert.Empty(Marked(positive));
        Assert.Equal([(10, 20)], Marked(negative));

        (positive, negative) = Points(fit, new SlicePoint(40, 80, false), new SlicePoint(43, 83, true));
        Assert.Equal([(10, 20)], Marked(positive));
        Assert.Empty(Marked(negative));
    }

    [Fact]
    public void Clicks_and_scribbles_add_up_to_at_most_one()
    {
        var fit = new SliceFit(128, 128, Grid);
        var prompts = new SlicePrompts { PositiveScribble = new byte[128 * 128], NegativeScribble = new byte[128 * 128] };
        prompts.PositiveScribble[(5 * 128) + 9] = 1;
        prompts.NegativeScribble[(6 * 128) + 9] = 255;
        prompts.Points.Add(new SlicePoint(5, 9, true));

        var (positive, negative) = Encode(prompts, fit);

        Assert.Equal([(5, 9)], Marked(positive));
        Assert.Equal([(6, 9)], Marked(negative));
        Assert.Equal(1, positive.Max());
        Assert.Equal(1, negative.Max());
    }

    private static float[] Boxes(SliceFit fit, params SliceBox[] boxes)
    {
        var channel = new float[Grid.Count];
        Array.Fill(channel, 7);
        PromptEncoder.WriteBoxes(boxes, fit, channel);
        return channel;
    }

    private static (float[] Positive, float[] Negative) Points(SliceFit fit, params SlicePoint[] points)
    {
        var prompts = new SlicePrompts();
        prompts.Points.AddRange(points);
        return Encode(prompts, fit);
    }

    private static (float[] Positive, float[] Negative) Encode(SlicePrompts prompts, SliceFit fit)
    {
        var (positive, negative) = (new float[Grid.Count], new float[Grid.Count]);
        Array.Fill(positive, 7);
        PromptEncoder.WritePointsAndScribbles(prompts, fit, positive, negative);
        return (positive, negative);
    }

    private static List<(int Row, int Column)> Marked(float[] channel) =>
        [.. channel.Index().Where(cell => cell.Item != 0).Select(cell => (cell.Index / Grid.Columns, cell.Index % Grid.Columns))];
}
