using System.Globalization;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Sheet;

/// <summary>One row of the sheet: a slice and its steps.</summary>
/// <param name="Title">One line.</param>
/// <param name="View">The slice.</param>
/// <param name="Window">The values shown from black to white.</param>
/// <param name="Steps">In order.</param>
internal sealed record SheetRow(string Title, SliceView View, IntensityWindow Window, IReadOnlyList<SheetStep> Steps);

/// <summary>One step of a slice.</summary>
/// <param name="Title">What it was.</param>
/// <param name="Overlay">What it drew and got.</param>
/// <param name="Dice">Against the truth, 0 to 1.</param>
internal sealed record SheetStep(string Title, SliceOverlay Overlay, double Dice);

/// <summary>
/// A picture of a whole run: a row for each slice; in it the whole slice first, then what the steps did around the
/// object: prompts so far, the mask's outline and the truth's.
/// </summary>
internal static class ContactSheet
{
    public const int TileSide = 224;

    private const int Gap = 6;
    private const int Caption = 20;
    private const int Header = 30;

    private static readonly Rgb Paper = new(24, 26, 30);
    private static readonly Rgb Ink = new(235, 235, 235);

    /// <summary>Pixels across and down for this many rows and steps.</summary>
    public static (int Width, int Height) SizeFor(int rows, int steps) =>
        (Gap + ((steps + 1) * (TileSide + Gap)), Header + (rows * (TileSide + Caption + Gap)) + Gap);

    /// <param name="rows">At least one; those with fewer steps than others leave tiles empty.</param>
    /// <param name="title">One line for the top.</param>
    public static Canvas Render(IReadOnlyList<SheetRow> rows, string title)
    {
        var steps = rows.Max(row => row.Steps.Count);
        var (width, height) = SizeFor(rows.Count, steps);
        var canvas = new Canvas(width, height, Paper);
        Legend(canvas, title);
        for (var n = 0; n < rows.Count; n++)
        {
            DrawRow(canvas, Header + (n * (TileSide + Caption + Gap)), rows[n]);
        }

        return canvas;
    }

    private static void DrawRow(Canvas canvas, int top, SheetRow row)
    {
        var around = PixelFrame.Around(row.View);
        var tiles = top + Caption;
        var nothing = new SliceOverlay(
            new Simulation.SliceMap(row.View.Rows, row.View.Columns), new Simulation.SliceMap(row.View.Rows, row.View.Columns), null);
        var last = row.Steps.Count == 0 ? nothing : row.Steps[^1].Overlay;
        canvas.Text(Gap, top + 3, Fit(row.Title, TileSide), Ink);
        Tile.Draw(canvas, Gap, tiles, TileSide, row.View, PixelFrame.Whole(row.View), row.Window, last);
        for (var n = 0; n < row.Steps.Count; n++)
        {
            var left = Gap + ((n + 1) * (TileSide + Gap));
            canvas.Text(left, top + 3, string.Create(CultureInfo.InvariantCulture, $"{row.Steps[n].Title} dice {row.Steps[n].Dice:0.000}"), Ink);
            Tile.Draw(canvas, left, tiles, TileSide, row.View, around, row.Window, row.Steps[n].Overlay);
        }
    }

    // As much of a text as fits a width.
    private static string Fit(string text, int width) => text[..Math.Clamp(width / (2 * (BitmapFont.Width + 1)), 0, text.Length)];

    private static void Legend(Canvas canvas, string title)
    {
        var x = canvas.Width - Gap;
        (string Text, Rgb Colour)[] entries =
        [
            ("prompt -", Tile.NegativeColour), ("prompt +", Tile.PositiveColour), ("mask", Tile.MaskColour), ("truth", Tile.TruthColour),
        ];
        foreach (var (text, colour) in entries)
        {
            x -= BitmapFont.WidthOf(text, 2);
            canvas.Text(x, 9, text, colour);
            x -= 20;
            canvas.Fill(x, 9, 14, 14, colour);
            x -= 14;
        }

        canvas.Text(Gap, 9, Fit(title, x - Gap), Ink);
    }
}
