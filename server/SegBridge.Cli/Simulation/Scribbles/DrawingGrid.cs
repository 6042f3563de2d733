namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>
/// The grid on which a scribble is drawn: the slice, or where it is finer than 128 × 128 a coarser grid over it. One
/// pixel of it is the width of the brush, so that a stroke is as wide on a 512 × 512 slice as it is for the network.
/// </summary>
internal sealed class DrawingGrid
{
    /// <summary>Most rows and columns of the grid.</summary>
    public const int MaxSide = 128;

    private readonly int _sliceRows;
    private readonly int _sliceColumns;

    public DrawingGrid(int sliceRows, int sliceColumns)
    {
        (_sliceRows, _sliceColumns) = (sliceRows, sliceColumns);
        (Rows, Columns) = (Math.Min(sliceRows, MaxSide), Math.Min(sliceColumns, MaxSide));
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>
    /// The region on this grid: pixels of which more than half lies in the region or, where there is none such, pixels
    /// that touch it. Empty only when the region is.
    /// </summary>
    public SliceMap Coarsen(SliceMap region)
    {
        var (inside, all) = (new int[Rows * Columns], new int[Rows * Columns]);
        for (var row = 0; row < _sliceRows; row++)
        {
            for (var column = 0; column < _sliceColumns; column++)
            {
                var at = At(row, column);
                all[at]++;
                inside[at] += region[row, column] ? 1 : 0;
            }
        }

        var coarse = new SliceMap(Rows, Columns);
        for (var at = 0; at < all.Length; at++)
        {
            coarse.Pixels[at] = 2 * inside[at] > all[at] ? (byte)1 : (byte)0;
        }

        return coarse.IsEmpty ? new SliceMap(Rows, Columns, Array.ConvertAll(inside, n => n > 0 ? (byte)1 : (byte)0)) : coarse;
    }

    /// <summary>What was drawn on this grid in pixels of the slice, cut to the region.</summary>
    public SliceMap Refine(SliceMap drawn, SliceMap region)
    {
        var result = new SliceMap(_sliceRows, _sliceColumns);
        for (var row = 0; row < _sliceRows; row++)
        {
            for (var column = 0; column < _sliceColumns; column++)
            {
                result[row, column] = drawn.Pixels[At(row, column)] != 0 && region[row, column];
            }
        }

        return result;
    }

    private int At(int row, int column) => ((int)((long)row * Rows / _sliceRows) * Columns) + (int)((long)column * Columns / _sliceColumns);
}
