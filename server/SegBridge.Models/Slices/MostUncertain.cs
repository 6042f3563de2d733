using System.Buffers;

namespace SegBridge.Models.Slices;

/// <summary>
/// Where a further prompt helps most: the cell with the largest mean doubt over the 7 × 7 cells around it, which prefers
/// areas in doubt to the thin line between two sure areas. Doubt is 1 − |2p − 1|, and half of it where all candidates
/// agree. Not so near a click or scribble that it lies among those cells: there the user has spoken. Searched on the
/// model's grid, answered in pixels.
/// </summary>
internal static class MostUncertain
{
    private const int Radius = 3;
    private const float Sure = 0.01f;

    // Less than one cell; what is left where sums of a row return to nothing.
    private const double Trace = 1e-4;

    /// <param name="probabilities">One for each cell.</param>
    /// <param name="fit">Where the cells lie.</param>
    /// <param name="prompts">All prompts so far; null: none.</param>
    /// <param name="candidates">Logits of all candidates of the step, this one included; null: there is but one.</param>
    public static SlicePixel? Find(
        ReadOnlySpan<float> probabilities, SliceFit fit, SlicePrompts? prompts = null, IReadOnlyList<float[]>? candidates = null)
    {
        var (rows, columns) = (fit.Grid.Rows, fit.Grid.Columns);
        var values = ArrayPool<float>.Shared.Rent(fit.Grid.Count);
        var (doubts, drawn) = (ArrayPool<double>.Shared.Rent((rows + 1) * (columns + 1)), ArrayPool<double>.Shared.Rent((rows + 1) * (columns + 1)));
        try
        {
            var cells = values.AsSpan(0, fit.Grid.Count);
            for (var n = 0; n < cells.Length; n++)
            {
                cells[n] = DoubtOf(probabilities[n]) * (Disagree(candidates ?? [], n) ? 1 : 0.5f);
            }

            SummedArea(cells, rows, columns, doubts);
            Draw(prompts, fit, cells);
            SummedArea(cells, rows, columns, drawn);
            var best = (Value: -1.0, Row: 0, Column: 0);
            for (var row = 0; row < rows; row++)
            {
                var (top, bottom) = (Math.Max(row - Radius, 0), Math.Min(row + Radius + 1, rows));
                for (var column = 0; column < columns; column++)
                {
                    var (left, right) = (Math.Max(column - Radius, 0), Math.Min(column + Radius + 1, columns));
                    double Sum(double[] sums) => sums[(bottom * (columns + 1)) + right] - sums[(top * (columns + 1)) + right]
                        - sums[(bottom * (columns + 1)) + left] + sums[(top * (columns + 1)) + left];
                    var mean = Sum(doubts) / ((bottom - top) * (right - left));
                    if (mean > best.Value && Sum(drawn) < Trace)
                    {
                        best = (mean, row, column);
                    }
                }
            }

            var (pixelRow, pixelColumn) = fit.PixelOf(best.Row, best.Column);
            return best.Value >= 0 && MeanAround(probabilities, fit.Grid, best.Row, best.Column) is >= Sure and var doubt
                ? new SlicePixel(pixelRow, pixelColumn, doubt)
                : null;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<double>.Shared.Return(doubts);
            ArrayPool<double>.Shared.Return(drawn);
        }
    }

    private static float DoubtOf(float probability) => 1 - Math.Abs((2 * probability) - 1);

    private static bool Disagree(IReadOnlyList<float[]> candidates, int at)
    {
        for (var n = 1; n < candidates.Count; n++)
        {
            if (candidates[n][at] >= 0 != candidates[0][at] >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // Of the mask's own doubt, whether others agree or not.
    private static float MeanAround(ReadOnlySpan<float> probabilities, SliceGrid grid, int row, int column)
    {
        var (sum, count) = (0.0, 0);
        for (var y = Math.Max(row - Radius, 0); y <= Math.Min(row + Radius, grid.Rows - 1); y++)
        {
            for (var x = Math.Max(column - Radius, 0); x <= Math.Min(column + Radius, grid.Columns - 1); x++, count++)
            {
                sum += DoubtOf(probabilities[(y * grid.Columns) + x]);
            }
        }

        return (float)(sum / count);
    }

    // Something in every cell that a click or scribble is in.
    private static void Draw(SlicePrompts? prompts, SliceFit fit, Span<float> cells)
    {
        cells.Clear();
        if (prompts is null)
        {
            return;
        }

        foreach (var map in new[] { prompts.PositiveScribble, prompts.NegativeScribble })
        {
            if (map is not null)
            {
                var covered = new float[cells.Length];
                CellCover.Any(map, fit, covered);
                for (var n = 0; n < covered.Length; n++)
                {
                    cells[n] += covered[n];
                }
            }
        }

        foreach (var point in prompts.Points)
        {
            cells[(fit.CellRow(point.Row) * fit.Grid.Columns) + fit.CellColumn(point.Column)] = 1;
        }
    }

    // sums[r, c] = sum over the rows before r and the columns before c.
    private static void SummedArea(ReadOnlySpan<float> cells, int rows, int columns, double[] sums)
    {
        var width = columns + 1;
        Array.Clear(sums, 0, width);
        for (var row = 0; row < rows; row++)
        {
            var inRow = 0.0;
            sums[(row + 1) * width] = 0;
            for (var column = 0; column < columns; column++)
            {
                inRow += cells[(row * columns) + column];
                sums[((row + 1) * width) + column + 1] = sums[(row * width) + column + 1] + inRow;
            }
        }
    }
}
