using System.Buffers;
using SegBridge.Imaging.Resampling;

namespace SegBridge.Models.Slices;

/// <summary>
/// Brings a map of drawn pixels to a model's grid. Along an axis with more pixels than cells, every pixel counts for the
/// one cell in which its centre lies, so that a line one pixel thin stays a line one cell thin, where sampling at cell
/// centres would lose it. Along an axis with fewer pixels the map is interpolated linearly (half-pixel).
/// </summary>
internal static class CellCover
{
    /// <summary>1 in every cell in which a pixel is drawn (interpolated when the slice is smaller than the grid).</summary>
    public static void Any(ReadOnlySpan<byte> map, SliceFit fit, Span<float> cells) => Cover(map, fit, cells, mean: false);

    /// <summary>The share of drawn pixels in every cell (interpolated when the slice is smaller than the grid).</summary>
    public static void Share(ReadOnlySpan<byte> map, SliceFit fit, Span<float> cells) => Cover(map, fit, cells, mean: true);

    private static void Cover(ReadOnlySpan<byte> map, SliceFit fit, Span<float> cells, bool mean)
    {
        // Axes are only ever shrunk here, and only ever stretched by the interpolation after it.
        var inner = new SliceGrid(Math.Min(fit.Rows, fit.Grid.Rows), Math.Min(fit.Columns, fit.Grid.Columns));
        var shrink = fit with { Grid = inner };
        if (inner == fit.Grid)
        {
            Shrink(map, shrink, cells[..inner.Count], mean);
            return;
        }

        var buffer = ArrayPool<float>.Shared.Rent(inner.Count);
        try
        {
            var small = buffer.AsSpan(0, inner.Count);
            Shrink(map, shrink, small, mean);
            Resize.Linear2D(small, inner.Rows, inner.Columns, cells, fit.Grid.Rows, fit.Grid.Columns, CornerConvention.HalfPixel);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static void Shrink(ReadOnlySpan<byte> map, SliceFit fit, Span<float> cells, bool mean)
    {
        cells.Clear();
        for (var row = 0; row < fit.Rows; row++)
        {
            var pixels = map.Slice(row * fit.Columns, fit.Columns);
            var target = cells.Slice(fit.CellRow(row) * fit.Grid.Columns, fit.Grid.Columns);
            // Most of a map is empty: whole stretches are passed over at once.
            for (var column = pixels.IndexOfAnyExcept((byte)0); column < pixels.Length && column >= 0; column++)
            {
                if (pixels[column] != 0)
                {
                    ref var cell = ref target[fit.CellColumn(column)];
                    cell = mean ? cell + 1 : 1;
                    continue;
                }

                var skipped = pixels[column..].IndexOfAnyExcept((byte)0);
                if (skipped < 0)
                {
                    break;
                }

                column += skipped - 1;
            }
        }

        if (mean)
        {
            DivideByPixels(fit, cells);
        }
    }

    private static void DivideByPixels(SliceFit fit, Span<float> cells)
    {
        var rows = Counts(fit.Rows, fit.Grid.Rows, fit.CellRow);
        var columns = Counts(fit.Columns, fit.Grid.Columns, fit.CellColumn);
        for (var n = 0; n < cells.Length; n++)
        {
            cells[n] /= rows[n / fit.Grid.Columns] * columns[n % fit.Grid.Columns];
        }
    }

    private static int[] Counts(int pixels, int cells, Func<double, int> cellOf)
    {
        var counts = new int[cells];
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            counts[cellOf(pixel)]++;
        }

        return counts;
    }
}
