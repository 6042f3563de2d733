namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>What a scribble follows.</summary>
internal enum ScribbleKind
{
    /// <summary>Straight lines between pixels of the region.</summary>
    Line,

    /// <summary>The region's middle.</summary>
    Centerline,

    /// <summary>The region's border, inside.</summary>
    Contour,
}

/// <summary>Scribbles in a region as a hurried reader draws them: wobbling, inside the region, and of limited length.</summary>
internal static class Scribble
{
    /// <summary>Most pixels of one scribble, counted on the <see cref="DrawingGrid"/>.</summary>
    public const int MaxPixels = 128;

    /// <summary>Pixels of the slice, all in the region and at least one unless the region is empty.</summary>
    /// <param name="kind">What it follows.</param>
    /// <param name="region">Where it may be.</param>
    /// <param name="count">Lines, and as many times the length; a centerline and a contour are drawn once whatever it is.</param>
    /// <param name="random">All chance.</param>
    public static SliceMap Draw(ScribbleKind kind, SliceMap region, int count, Random random)
    {
        var grid = new DrawingGrid(region.Rows, region.Columns);
        return grid.Refine(DrawOnGrid(kind, grid.Coarsen(region), count, random).Drawn(), region);
    }

    /// <summary>The same on the drawing grid, soft: at most <paramref name="count"/> times <see cref="MaxPixels"/> pixels are not 0.</summary>
    public static SoftMap DrawOnGrid(ScribbleKind kind, SliceMap region, int count, Random random)
    {
        if (region.IsEmpty)
        {
            return SoftMap.Of(region);
        }

        SoftMap Finished(SoftMap line) => StrokeShaping.Finish(line, region, StrokeUnit.Pixel, random);
        var drawn = kind switch
        {
            ScribbleKind.Line => Finished(SoftMap.Of(LineStroke.Draw(region, count, random))),
            ScribbleKind.Centerline => Finished(SoftMap.Of(CenterlineStroke.Draw(region, StrokeUnit.Pixel, random))),
            _ => Contour(),
        };
        return StrokeShaping.Cap(drawn, count * MaxPixels, random);

        // Soft edges of a sliver may lie beside it altogether: then its core is drawn.
        SoftMap Contour()
        {
            var (line, core) = ContourStroke.Draw(region, random);
            var finished = Finished(line);
            return finished.IsEmpty ? SoftMap.Of(core) : finished;
        }
    }
}
