using System.Buffers;
using System.Numerics;

namespace SegBridge.Models.Slices;

/// <summary>From logits on a model's grid to a mask on the slice: sigmoid, bilinear (half-pixel), p ≥ ½.</summary>
internal static class MaskDecoder
{
    public static DecodedMask Decode(ReadOnlySpan<float> logits, SliceFit fit, SlicePrompts? prompts = null)
    {
        var onGrid = ArrayPool<float>.Shared.Rent(fit.Grid.Count);
        var onSlice = ArrayPool<float>.Shared.Rent(fit.Rows * fit.Columns);
        try
        {
            var cells = onGrid.AsSpan(0, fit.Grid.Count);
            var pixels = onSlice.AsSpan(0, fit.Rows * fit.Columns);
            Probabilities(logits, fit, cells, pixels);
            var mask = new byte[pixels.Length];
            var confidence = Threshold(pixels, fit.Columns, mask);
            return new DecodedMask(mask, confidence, MostUncertain.Find(cells, fit, prompts));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(onGrid);
            ArrayPool<float>.Shared.Return(onSlice);
        }
    }

    /// <summary>Writes probabilities on the grid, and on the slice.</summary>
    public static void Probabilities(ReadOnlySpan<float> logits, SliceFit fit, Span<float> cells, Span<float> pixels)
    {
        for (var n = 0; n < cells.Length; n++)
        {
            cells[n] = 1 / (1 + MathF.Exp(-logits[n]));
        }

        fit.ToSlice(cells, pixels);
    }

    /// <summary>Writes [p ≥ ½] and gives 2·Σ(p·m) / (Σp + Σm), or 0 when the mask is empty.</summary>
    private static float Threshold(ReadOnlySpan<float> probabilities, int columns, Span<byte> mask)
    {
        double all = 0, inside = 0;
        long count = 0;
        for (var start = 0; start < probabilities.Length; start += columns)
        {
            // A row at a time in single precision, rows in double: sums of a million terms stay exact enough.
            var row = probabilities.Slice(start, columns);
            var target = mask.Slice(start, columns);
            var (sum, sumInside, half, n) = (Vector<float>.Zero, Vector<float>.Zero, new Vector<float>(0.5f), 0);
            for (; n <= row.Length - Vector<float>.Count; n += Vector<float>.Count)
            {
                var p = new Vector<float>(row[n..]);
                sum += p;
                sumInside += Vector.ConditionalSelect(Vector.GreaterThanOrEqual(p, half), p, Vector<float>.Zero);
            }

            var (rowAll, rowInside) = (Vector.Sum(sum), Vector.Sum(sumInside));
            for (; n < row.Length; n++)
            {
                rowAll += row[n];
                rowInside += row[n] >= 0.5f ? row[n] : 0;
            }

            (all, inside, count) = (all + rowAll, inside + rowInside, count + Draw(row, target));
        }

        return count == 0 ? 0 : (float)(2 * inside / (all + count));
    }

    private static int Draw(ReadOnlySpan<float> row, Span<byte> mask)
    {
        var (half, counts, n) = (new Vector<float>(0.5f), Vector<int>.Zero, 0);
        Vector<int> At(ReadOnlySpan<float> from) => Vector.GreaterThanOrEqual(new Vector<float>(from), half);
        for (; n <= row.Length - Vector<byte>.Count; n += Vector<byte>.Count)
        {
            // All ones where drawn, which is −1.
            var (a, b) = (At(row[n..]), At(row[(n + Vector<int>.Count)..]));
            var (c, d) = (At(row[(n + (2 * Vector<int>.Count))..]), At(row[(n + (3 * Vector<int>.Count))..]));
            counts -= a + b + c + d;
            (-Vector.Narrow(Vector.Narrow(a, b), Vector.Narrow(c, d))).As<sbyte, byte>().CopyTo(mask[n..]);
        }

        var count = Vector.Sum(counts);
        for (; n < row.Length; n++)
        {
            var drawn = row[n] >= 0.5f ? 1 : 0;
            mask[n] = (byte)drawn;
            count += drawn;
        }

        return count;
    }
}
