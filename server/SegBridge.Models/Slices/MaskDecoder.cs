using System.Buffers;

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
            for (var n = 0; n < cells.Length; n++)
            {
                cells[n] = 1 / (1 + MathF.Exp(-logits[n]));
            }

            fit.ToSlice(cells, pixels);
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

    /// <summary>Writes [p ≥ ½] and gives 2·Σ(p·m) / (Σp + Σm), or 0 when the mask is empty.</summary>
    private static float Threshold(ReadOnlySpan<float> probabilities, int columns, Span<byte> mask)
    {
        double all = 0, inside = 0;
        long count = 0;
        for (var start = 0; start < probabilities.Length; start += columns)
        {
            // A row at a time in single precision, rows in double: sums of a million terms stay exact enough.
            var (rowAll, rowInside, rowCount) = (0f, 0f, 0);
            var row = probabilities.Slice(start, columns);
            var target = mask.Slice(start, columns);
            for (var n = 0; n < row.Length; n++)
            {
                var p = row[n];
                var drawn = p >= 0.5f ? 1 : 0;
                target[n] = (byte)drawn;
                rowAll += p;
                rowInside += drawn * p;
                rowCount += drawn;
            }

            (all, inside, count) = (all + rowAll, inside + rowInside, count + rowCount);
        }

        return count == 0 ? 0 : (float)(2 * inside / (all + count));
    }
}
