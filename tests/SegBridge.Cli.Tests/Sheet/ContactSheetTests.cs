using SegBridge.Cli.Sheet;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Cli.Tests.Simulation;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Tests.Sheet;

public sealed class ContactSheetTests
{
    [Theory]
    [InlineData(1, 1, 60, 80)]
    [InlineData(3, 5, 200, 160)]
    public void A_sheet_is_a_readable_picture_with_a_tile_for_each_step(int rows, int steps, int sliceRows, int sliceColumns)
    {
        var sheet = ContactSheet.Render(Rows(rows, steps, sliceRows, sliceColumns), "case");
        using var stream = new MemoryStream();
        sheet.Save(stream);
        stream.Position = 0;
        var picture = PngFile.Read(stream);
        Assert.Equal(ContactSheet.SizeFor(rows, steps), (picture.Width, picture.Height));
        Assert.Equal(3, picture.Channels);
    }

    [Fact]
    public void Truth_mask_and_prompts_are_drawn_in_their_colours()
    {
        var sheet = ContactSheet.Render(Rows(1, 2, 128, 128), "case");
        Assert.True(Count(sheet, Tile.TruthColour) > 200, "the outline of the truth");
        Assert.True(Count(sheet, Tile.MaskColour) > 100, "the outline of the mask");
        Assert.True(CountOf(sheet, c => c.Green > c.Red + 60 && c.Green > c.Blue + 60) > 50, "positive prompts");
        Assert.True(CountOf(sheet, c => c.Red > c.Green + 90 && c.Red > c.Blue + 90) > 50, "negative prompts");
    }

    [Fact]
    public void Flipped_rows_turn_the_picture_upside_down()
    {
        var values = new float[64 * 64];
        values.AsSpan(0, 32 * 64).Fill(100);
        var truth = new SliceMap(64, 64);
        var upright = new Canvas(64, 64, default);
        var flipped = new Canvas(64, 64, default);
        var overlay = new SliceOverlay(truth, truth, null);
        var view = new SliceView(values, truth, 1, 1);
        Tile.Draw(upright, 0, 0, 64, view, PixelFrame.Whole(view), new IntensityWindow(0, 100), overlay);
        Tile.Draw(flipped, 0, 0, 64, view with { FlipRows = true }, PixelFrame.Whole(view), new IntensityWindow(0, 100), overlay);
        Assert.Equal(Rgb.Grey(255), upright[10, 5]);
        Assert.Equal(Rgb.Grey(0), upright[10, 60]);
        Assert.Equal(Rgb.Grey(0), flipped[10, 5]);
        Assert.Equal(Rgb.Grey(255), flipped[10, 60]);
    }

    [Fact]
    public void Every_character_of_the_labels_has_a_glyph_of_its_own()
    {
        const string Used = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-+=/%()_";
        Assert.All(Used, character => Assert.True(BitmapFont.Knows(character)));
        var shapes = Used.Select(character => string.Concat(
            Enumerable.Range(0, BitmapFont.Height * BitmapFont.Width)
                .Select(n => BitmapFont.IsSet(character, n / BitmapFont.Width, n % BitmapFont.Width) ? '#' : '.')));
        Assert.Equal(Used.Length, shapes.Distinct().Count());
    }

    private static List<SheetRow> Rows(int rows, int steps, int sliceRows, int sliceColumns)
    {
        var result = new List<SheetRow>();
        for (var n = 0; n < rows; n++)
        {
            var truth = Large(n, sliceRows, sliceColumns);
            var view = new SliceView([.. truth.Pixels.Select(p => p * 80f)], truth, 0.9, 0.9);
            var random = new Random(n);
            var prompts = Radiologist.Named("centerline-scribbles").Start(truth, random);
            var mask = Blobs.Make(n + 100, sliceRows, sliceColumns);
            var overlay = new SliceOverlay(prompts.Positive!, prompts.Negative!, mask);
            result.Add(new SheetRow($"slice {n}", view, new IntensityWindow(0, 100), [.. Enumerable.Repeat(new SheetStep("step", overlay, 0.5), steps)]));
        }

        return result;
    }

    private static SliceMap Large(int seed, int rows, int columns) =>
        Enumerable.Range(100 * seed, 100).Select(n => Blobs.Make(n, rows, columns)).First(map => map.Count > rows * columns / 20);

    private static int Count(Canvas canvas, Rgb colour) => CountOf(canvas, c => c == colour);

    private static int CountOf(Canvas canvas, Func<Rgb, bool> rule)
    {
        var count = 0;
        for (var y = 30; y < canvas.Height; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                count += rule(canvas[x, y]) ? 1 : 0;
            }
        }

        return count;
    }
}
