using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>Straight lines between pixels of a region, one pixel thick; between them they may leave it.</summary>
internal static class LineStroke
{
    /// <param name="region">Not empty; each of its pixels is as likely an end as any other.</param>
    /// <param name="count">Lines.</param>
    /// <param name="random">Where they end.</param>
    public static SliceMap Draw(SliceMap region, int count, Random random)
    {
        var pixels = Enumerable.Range(0, region.Pixels.Length).Where(at => region.Pixels[at] != 0).ToArray();
        var drawn = new SliceMap(region.Rows, region.Columns);
        PixelPoint Any()
        {
            var (row, column) = Math.DivRem(pixels[random.Next(pixels.Length)], region.Columns);
            return new PixelPoint(row, column);
        }

        for (var n = 0; n < count; n++)
        {
            Rasteriser.Line(drawn.Pixels, drawn.Rows, drawn.Columns, Any(), Any());
        }

        return drawn;
    }
}
