using System.Buffers;

namespace SegBridge.Models.Slices.ScribblePromptSam;

/// <summary>
/// From SAM's low-resolution logits to a mask on the slice: bilinear (half-pixel) to the encoder's image, from there to
/// the slice, then logit ≥ 0, which is p ≥ ½.
/// </summary>
internal static class SamMaskDecoder
{
    /// <param name="logits">Rows × columns of <paramref name="low"/>.</param>
    /// <param name="low">The grid of the logits.</param>
    /// <param name="image">The grid that the encoder sees.</param>
    /// <param name="rows">Rows of the slice.</param>
    /// <param name="columns">Columns of the slice.</param>
    /// <param name="predictedIou">What the network thinks the mask's intersection over union is.</param>
    /// <param name="prompts">All prompts so far; null: none.</param>
    /// <param name="all">Logits of all masks of the step; null: of this one alone.</param>
    public static SliceCandidate Decode(
        float[] logits, SliceGrid low, SliceGrid image, int rows, int columns, float predictedIou,
        SlicePrompts? prompts = null, IReadOnlyList<float[]>? all = null)
    {
        var pixels = ArrayPool<float>.Shared.Rent(rows * columns);
        try
        {
            var onSlice = pixels.AsSpan(0, rows * columns);
            Enlarge(logits, low, image, rows, columns, onSlice);
            var mask = new byte[onSlice.Length];
            var any = false;
            for (var n = 0; n < mask.Length; n++)
            {
                var inside = onSlice[n] >= 0;
                mask[n] = inside ? (byte)1 : (byte)0;
                any |= inside;
            }

            return new SliceCandidate(
                mask, any ? DiceOf(predictedIou) : 0, logits, MostUncertainOf(logits, new SliceFit(rows, columns, low), prompts, all));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    /// <summary>Logits on the slice, as the mask is cut from them.</summary>
    public static void Enlarge(ReadOnlySpan<float> logits, SliceGrid low, SliceGrid image, int rows, int columns, Span<float> onSlice)
    {
        var buffer = ArrayPool<float>.Shared.Rent(image.Count);
        try
        {
            var onImage = buffer.AsSpan(0, image.Count);
            new SliceFit(image.Rows, image.Columns, low).ToSlice(logits, onImage);
            new SliceFit(rows, columns, image).ToSlice(onImage, onSlice);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    // Dice = 2·IoU / (1 + IoU). The network's estimate is not bounded.
    private static float DiceOf(float iou)
    {
        var bounded = float.IsNaN(iou) ? 0 : Math.Clamp(iou, 0, 1);
        return 2 * bounded / (1 + bounded);
    }

    private static SlicePixel? MostUncertainOf(float[] logits, SliceFit fit, SlicePrompts? prompts, IReadOnlyList<float[]>? all)
    {
        var cells = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var probabilities = cells.AsSpan(0, logits.Length);
            for (var n = 0; n < logits.Length; n++)
            {
                probabilities[n] = 1 / (1 + MathF.Exp(-logits[n]));
            }

            return MostUncertain.Find(probabilities, fit, prompts, all);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(cells);
        }
    }
}
