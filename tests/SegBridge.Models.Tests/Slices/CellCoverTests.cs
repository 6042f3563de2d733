using FsCheck;
using FsCheck.Fluent;
using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Slices;

public sealed class CellCoverTests
{
    [Fact]
    public void A_line_one_pixel_thin_stays_one_cell_thin_on_a_large_slice()
    {
        var fit = new SliceFit(1000, 700, new SliceGrid(128, 128));
        var map = new byte[1000 * 700];
        for (var column = 100; column < 600; column++)
        {
            map[(501 * 700) + column] = 1;
        }

        var cells = Any(map, fit);

        // Rows 501.5 · 128/1000 = 64.2; columns 18.4 to 109.6.
        Assert.Equal(110 - 18, cells.Count(value => value == 1));
        Assert.All(Enumerable.Range(18, 92), column => Assert.Equal(1, cells[(64 * 128) + column]));
    }

    [Fact]
    public void Every_drawn_pixel_marks_its_cell_and_nothing_else_is_marked() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new Random(seed);
            var grid = new SliceGrid(16, 24);
            var fit = new SliceFit(16 + random.Next(100), 24 + random.Next(100), grid);
            var map = new byte[fit.Rows * fit.Columns];
            var expected = new float[grid.Count];
            for (var n = random.Next(30); n > 0; n--)
            {
                var (row, column) = (random.Next(fit.Rows), random.Next(fit.Columns));
                map[(row * fit.Columns) + column] = (byte)random.Next(1, 256);
                expected[((int)((row + 0.5) * 16 / fit.Rows) * 24) + (int)((column + 0.5) * 24 / fit.Columns)] = 1;
            }

            Assert.Equal(expected, Any(map, fit));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_filled_area_has_no_holes_at_any_ratio()
    {
        foreach (var size in new[] { 16, 17, 23, 31, 33, 100 })
        {
            var map = new byte[size * size];
            Array.Fill(map, (byte)1);

            Assert.All(Any(map, new SliceFit(size, size, new SliceGrid(16, 16))), value => Assert.Equal(1, value));
            Assert.All(Share(map, new SliceFit(size, size, new SliceGrid(16, 16))), value => Assert.Equal(1, value));
        }
    }

    [Fact]
    public void A_small_slice_is_interpolated()
    {
        // Two rows, the lower one drawn, on four: half-pixel positions −0.25 (clamped), 0.25, 0.75, 1.25 (clamped).
        var cells = Any([0, 0, 1, 1], new SliceFit(2, 2, new SliceGrid(4, 2)));

        Assert.Equal([0, 0, 0.25f, 0.25f, 0.75f, 0.75f, 1, 1], cells);
    }

    [Fact]
    public void One_axis_may_shrink_while_the_other_grows()
    {
        // 4 rows to 2, 1 column to 3; the third row is drawn.
        Assert.Equal([0, 0, 0, 1, 1, 1], Any([0, 0, 1, 0], new SliceFit(4, 1, new SliceGrid(2, 3))));
        Assert.Equal([0, 0, 0, 0.5f, 0.5f, 0.5f], Share([0, 0, 1, 0], new SliceFit(4, 1, new SliceGrid(2, 3))));
    }

    private static float[] Any(byte[] map, SliceFit fit)
    {
        var cells = new float[fit.Grid.Count];
        CellCover.Any(map, fit, cells);
        return cells;
    }

    private static float[] Share(byte[] map, SliceFit fit)
    {
        var cells = new float[fit.Grid.Count];
        CellCover.Share(map, fit, cells);
        return cells;
    }
}
