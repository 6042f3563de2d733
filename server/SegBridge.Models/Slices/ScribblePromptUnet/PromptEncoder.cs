using System.Buffers;

namespace SegBridge.Models.Slices.ScribblePromptUnet;

/// <summary>
/// Writes prompts as ScribblePrompt-UNet's input channels, each rows × columns of the grid: boxes (1 inside any box,
/// upper bounds exclusive), positive and negative prompts (clicks as single cells plus scribbles, clamped to [0, 1]).
/// </summary>
internal static class PromptEncoder
{
    public static void WriteBoxes(IReadOnlyList<SliceBox> boxes, SliceFit fit, Span<float> channel)
    {
        channel.Clear();
        foreach (var box in boxes)
        {
            var (top, bottom) = fit.CellRows(box.Row0, box.Row1);
            var (left, right) = fit.CellColumns(box.Column0, box.Column1);
            for (var row = top; row < bottom; row++)
            {
                channel[((row * fit.Grid.Columns) + left)..((row * fit.Grid.Columns) + right)].Fill(1);
            }
        }
    }

    /// <summary>
    /// A click sets its cell in one channel and clears it in the other, so the last click on a cell wins. Scribbles are
    /// added to the clicks afterwards.
    /// </summary>
    public static void WritePointsAndScribbles(SlicePrompts prompts, SliceFit fit, Span<float> positive, Span<float> negative)
    {
        positive.Clear();
        negative.Clear();
        foreach (var point in prompts.Points)
        {
            var cell = (fit.CellRow(point.Row) * fit.Grid.Columns) + fit.CellColumn(point.Column);
            positive[cell] = point.Positive ? 1 : 0;
            negative[cell] = point.Positive ? 0 : 1;
        }

        AddScribble(prompts.PositiveScribble, fit, positive);
        AddScribble(prompts.NegativeScribble, fit, negative);
    }

    private static void AddScribble(byte[]? scribble, SliceFit fit, Span<float> channel)
    {
        if (scribble is null)
        {
            return;
        }

        var buffer = ArrayPool<float>.Shared.Rent(fit.Grid.Count);
        try
        {
            var cells = buffer.AsSpan(0, fit.Grid.Count);
            CellCover.Any(scribble, fit, cells);
            for (var n = 0; n < channel.Length; n++)
            {
                channel[n] = Math.Clamp(channel[n] + cells[n], 0, 1);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
