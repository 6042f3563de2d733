using System.Buffers;

namespace SegBridge.Models.Slices;

/// <summary>
/// Where a further prompt helps most: the cell with the largest mean of 1 − |2p − 1| over the 7 × 7 cells around it, which
/// prefers areas in doubt to the thin line between two sure areas. Searched on the model's grid, answered in pixels.
/// </summary>
internal static class MostUncertain
{
    private const int Radius = 3;
    private const float Sure = 0.01f;

    public static SlicePixel? Find(ReadOnlySpan<float> probabilities, SliceFit fit)
    {
        var (rows, columns) = (fit.Grid.Rows, fit.Grid.Columns);
        var width = columns + 1;
        var sums = ArrayPool<double>.Shared.Rent((rows + 1) * width);
        try
        {
            SummedArea(probabilities, rows, columns, sums);
            var best = (Value: -1.0, Row: 0, Column: 0);
            for (var row = 0; row < rows; row++)
            {
                var (top, bottom) = (Math.Max(row - Radius, 0), Math.Min(row + Radius + 1, rows));
                for (var column = 0; column < columns; column++)
                {
                    var (left, right) = (Math.Max(column - Radius, 0), Math.Min(column + Radius + 1, columns));
                    var sum = sums[(bottom * width) + right] - sums[(top * width) + right]
                        - sums[(bottom * width) + left] + sums[(top * width) + left];
                    var mean = sum / ((bottom - top) * (right - left));
                    if (mean > best.Value)
                    {
                        best = (mean, row, column);
                    }
                }
            }

            var (pixelRow, pixelColumn) = fit.PixelOf(best.Row, best.Column);
            return best.Value < Sure ? null : new SlicePixel(pixelRow, pixelColumn, (float)Math.Min(best.Value, 1));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(sums);
        }
    }

    // sums[r, c] = sum over the rows before r and the columns before c.
    private static void SummedArea(ReadOnlySpan<float> probabilities, int rows, int columns, double[] sums)
    {
        var width = columns + 1;
        Array.Clear(sums, 0, width);
        for (var row = 0; row < rows; row++)
        {
            var inRow = 0.0;
            sums[(row + 1) * width] = 0;
            for (var column = 0; column < columns; column++)
            {
                inRow += 1 - Math.Abs((2 * probabilities[(row * columns) + column]) - 1);
                sums[((row + 1) * width) + column + 1] = sums[(row * width) + column + 1] + inRow;
            }
        }
    }
}
