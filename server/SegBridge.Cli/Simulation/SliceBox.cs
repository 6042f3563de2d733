using SegBridge.Cli.Simulation.Scribbles;

namespace SegBridge.Cli.Simulation;

/// <summary>A box on a slice; <see cref="Bottom"/> and <see cref="Right"/> lie just beyond it.</summary>
internal readonly record struct SliceBox(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Most that a hurried reader is off, in pixels of the <see cref="DrawingGrid"/>.</summary>
    public const int UsualJitter = 19;

    /// <summary>The tight box around a region that is not empty, each side moved outwards by 0 to <paramref name="jitter"/> pixels of the drawing grid.</summary>
    public static SliceBox Around(SliceMap region, int jitter, Random random)
    {
        var grid = new DrawingGrid(region.Rows, region.Columns);
        int Down() => random.Next(jitter + 1) * region.Rows / grid.Rows;
        int Across() => random.Next(jitter + 1) * region.Columns / grid.Columns;
        return Grown(region, Down(), Across(), Down(), Across());
    }

    /// <summary>The tight box with its sides moved outwards, not beyond the slice.</summary>
    public static SliceBox Grown(SliceMap region, int top, int left, int bottom, int right)
    {
        var (firstRow, firstColumn, lastRow, lastColumn) =
            region.Bounds ?? throw new ArgumentException("there is no box around nothing", nameof(region));
        return new SliceBox(
            Math.Max(0, firstRow - top),
            Math.Max(0, firstColumn - left),
            Math.Min(region.Rows, lastRow + 1 + bottom),
            Math.Min(region.Columns, lastColumn + 1 + right));
    }
}
