using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Sheet;

/// <summary>Draws one slice with prompts and outlines into a square of the canvas.</summary>
internal static class Tile
{
    public static readonly Rgb TruthColour = new(255, 205, 40);
    public static readonly Rgb MaskColour = new(60, 200, 255);
    public static readonly Rgb PositiveColour = new(70, 235, 90);
    public static readonly Rgb NegativeColour = new(255, 80, 80);

    public static void Draw(Canvas canvas, int left, int top, int side, SliceView view, PixelFrame frame, IntensityWindow window, SliceOverlay overlay)
    {
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                canvas[left + x, top + y] = ColourAt(view, frame, side, x, y, window, overlay);
            }
        }
    }

    private static Rgb ColourAt(SliceView view, PixelFrame frame, int side, int x, int y, IntensityWindow window, SliceOverlay overlay)
    {
        var (row, column) = frame.At(view, side, x, y);
        if (row < -0.5 || column < -0.5 || row > view.Rows - 0.5 || column > view.Columns - 0.5)
        {
            return new Rgb(0, 0, 0);
        }

        // Prompts lie under the outlines, which are thinner.
        if (IsOutline(view.Truth, view, frame, side, x, y))
        {
            return TruthColour;
        }

        if (overlay.Mask is { } mask && IsOutline(mask, view, frame, side, x, y))
        {
            return MaskColour;
        }

        var value = (Sample(view, row, column) - window.Lower) / Math.Max(window.Upper - window.Lower, 1e-9);
        var grey = Rgb.Grey((byte)Math.Clamp(255 * value, 0, 255));
        return Holds(overlay.Positive, row, column) ? Mix(grey, PositiveColour)
            : Holds(overlay.Negative, row, column) ? Mix(grey, NegativeColour)
            : grey;
    }

    // Within the mask and beside a tile pixel that is not.
    private static bool IsOutline(SliceMap mask, SliceView view, PixelFrame frame, int side, int x, int y)
    {
        bool At(int dx, int dy)
        {
            var (row, column) = frame.At(view, side, x + dx, y + dy);
            return Holds(mask, row, column);
        }

        return At(0, 0) && !(At(1, 0) && At(-1, 0) && At(0, 1) && At(0, -1));
    }

    private static bool Holds(SliceMap map, double row, double column)
    {
        var (r, c) = ((int)Math.Floor(row + 0.5), (int)Math.Floor(column + 0.5));
        return (uint)r < (uint)map.Rows && (uint)c < (uint)map.Columns && map[r, c];
    }

    private static double Sample(SliceView view, double row, double column)
    {
        (row, column) = (Math.Clamp(row, 0, view.Rows - 1), Math.Clamp(column, 0, view.Columns - 1));
        var (top, left) = ((int)row, (int)column);
        var (bottom, right) = (Math.Min(top + 1, view.Rows - 1), Math.Min(left + 1, view.Columns - 1));
        var (down, across) = (row - top, column - left);
        double Value(int r, int c) => view.Values[(r * view.Columns) + c];
        return ((1 - down) * (((1 - across) * Value(top, left)) + (across * Value(top, right))))
            + (down * (((1 - across) * Value(bottom, left)) + (across * Value(bottom, right))));
    }

    private static Rgb Mix(Rgb under, Rgb over) =>
        new(Mix(under.Red, over.Red), Mix(under.Green, over.Green), Mix(under.Blue, over.Blue));

    private static byte Mix(byte under, byte over) => (byte)((under + (3 * over)) / 4);
}
