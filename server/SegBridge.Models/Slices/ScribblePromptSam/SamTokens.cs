using SegBridge.Models.Prompts;

namespace SegBridge.Models.Slices.ScribblePromptSam;

/// <summary>
/// Prompts as SAM's tokens, in pixels of the square image that its encoder sees: index · side / pixels, not rounded; the
/// network itself adds the half pixel. Order: clicks, pixels of the positive scribble in row-major order, those of the
/// negative one, then the box or the padding. SAM was trained on one box: of several, the smallest box around all is taken.
/// </summary>
internal static class SamTokens
{
    /// <param name="prompts">All prompts on the slice.</param>
    /// <param name="rows">Rows of the slice.</param>
    /// <param name="columns">Columns of the slice.</param>
    /// <param name="image">The grid that the encoder sees.</param>
    /// <param name="mostScribbled">Most scribbled pixels that become clicks, see <see cref="SpreadSample"/>.</param>
    public static ClickTokens Of(SlicePrompts prompts, int rows, int columns, SliceGrid image, int mostScribbled)
    {
        var tokens = new ClickTokens(axes: 2);
        var (x, y) = ((double)image.Columns / columns, (double)image.Rows / rows);
        foreach (var point in prompts.Points)
        {
            tokens.AddClick(point.Positive, (float)(point.Column * x), (float)(point.Row * y));
        }

        var (positive, negative) = (Drawn(prompts.PositiveScribble), Drawn(prompts.NegativeScribble));
        var (mostPositive, mostNegative) = SpreadSample.Share(positive.Count, negative.Count, mostScribbled);
        AddPixels(positive, mostPositive, true);
        AddPixels(negative, mostNegative, false);
        if (BoxAround(prompts.Boxes) is { } box)
        {
            tokens.AddBox(
                [(float)(box.Column0 * x), (float)(box.Row0 * y)],
                [(float)(box.Column1 * x), (float)(box.Row1 * y)]);
        }
        else
        {
            tokens.AddPadding();
        }

        return tokens;

        void AddPixels(List<int> pixels, int most, bool isPositive)
        {
            foreach (var n in SpreadSample.Of(pixels.Count, most))
            {
                var (row, column) = Math.DivRem(pixels[n], columns);
                tokens.AddClick(isPositive, (float)(column * x), (float)(row * y));
            }
        }
    }

    private static List<int> Drawn(byte[]? scribble)
    {
        List<int> pixels = [];
        for (var n = 0; n < (scribble?.Length ?? 0); n++)
        {
            if (scribble![n] != 0)
            {
                pixels.Add(n);
            }
        }

        return pixels;
    }

    private static SliceBox? BoxAround(List<SliceBox> boxes) => boxes.Count == 0 ? null : boxes
        .Select(box => new SliceBox(
            Math.Min(box.Row0, box.Row1), Math.Min(box.Column0, box.Column1), Math.Max(box.Row0, box.Row1), Math.Max(box.Column0, box.Column1)))
        .Aggregate((all, box) => new SliceBox(
            Math.Min(all.Row0, box.Row0), Math.Min(all.Column0, box.Column0), Math.Max(all.Row1, box.Row1), Math.Max(all.Column1, box.Column1)));
}
