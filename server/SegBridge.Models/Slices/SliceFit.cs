using SegBridge.Imaging.Resampling;

namespace SegBridge.Models.Slices;

/// <summary>
/// A slice of any size laid over a model's grid edge to edge, without keeping the aspect ratio. A pixel belongs to the
/// cell in which its centre lies: cell = floor((pixel + ½) · cells / pixels).
/// </summary>
internal readonly record struct SliceFit(int Rows, int Columns, SliceGrid Grid)
{
    public int CellRow(double row) => Cell(row, Rows, Grid.Rows);

    public int CellColumn(double column) => Cell(column, Columns, Grid.Columns);

    /// <summary>The pixel in which the centre of a cell lies.</summary>
    public (int Row, int Column) PixelOf(int cellRow, int cellColumn) =>
        (Cell(cellRow, Grid.Rows, Rows), Cell(cellColumn, Grid.Columns, Columns));

    /// <summary>The half-open range of rows of a half-open range of pixels, see <see cref="Range"/>.</summary>
    public (int Start, int End) CellRows(int first, int end) => Range(first, end, Rows, Grid.Rows);

    /// <summary>The half-open range of columns of a half-open range of pixels, see <see cref="Range"/>.</summary>
    public (int Start, int End) CellColumns(int first, int end) => Range(first, end, Columns, Grid.Columns);

    /// <summary>Bilinear with half-pixel centres from the slice to the grid.</summary>
    public void ToGrid(ReadOnlySpan<float> pixels, Span<float> cells) =>
        Resize.Linear2D(pixels, Rows, Columns, cells, Grid.Rows, Grid.Columns, CornerConvention.HalfPixel);

    /// <summary>Bilinear with half-pixel centres from the grid to the slice.</summary>
    public void ToSlice(ReadOnlySpan<float> cells, Span<float> pixels) =>
        Resize.Linear2D(cells, Grid.Rows, Grid.Columns, pixels, Rows, Columns, CornerConvention.HalfPixel);

    private static int Cell(double pixel, int pixels, int cells) =>
        Math.Clamp((int)Math.Floor((pixel + 0.5) * cells / pixels), 0, cells - 1);

    /// <summary>
    /// Pixel edges scaled and truncated. At least one cell, so that a small box on a large slice does not vanish; empty
    /// only when nothing of it lies on the slice.
    /// </summary>
    private static (int Start, int End) Range(int a, int b, int pixels, int cells)
    {
        var (first, end) = (Math.Max(Math.Min(a, b), 0), Math.Min(Math.Max(a, b), pixels));
        if (first >= end)
        {
            return (0, 0);
        }

        var start = (int)((long)first * cells / pixels);
        return (start, Math.Max((int)((long)end * cells / pixels), start + 1));
    }
}
