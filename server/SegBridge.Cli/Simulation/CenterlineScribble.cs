using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Simulation;

/// <summary>
/// A scribble along the middle of a region, as a hurried reader draws it: the region's skeleton, broken into pieces,
/// wobbling, inside the region, and of limited length.
/// </summary>
internal static class CenterlineScribble
{
    /// <summary>Most pixels of one scribble, counted on the <see cref="DrawingGrid"/>.</summary>
    public const int MaxPixels = 128;

    // A warped line is soft; this much of it counts as drawn.
    private const float DrawnFrom = 0.5f;
    private const float TouchedFrom = 1e-3f;

    /// <summary>Pixels of the slice, all in the region and at least one unless the region is empty.</summary>
    public static SliceMap Draw(SliceMap region, Random random)
    {
        var grid = new DrawingGrid(region.Rows, region.Columns);
        return grid.Refine(DrawOnGrid(grid.Coarsen(region), random), region);
    }

    /// <summary>The same on the drawing grid: at most <see cref="MaxPixels"/> pixels.</summary>
    public static SliceMap DrawOnGrid(SliceMap region, Random random)
    {
        if (region.IsEmpty)
        {
            return region;
        }

        var (line, warped) = Line(region, StrokeUnit.Pixel, random);
        return StrokeShaping.Cap(Drawn(line, warped, v => v >= DrawnFrom, region), MaxPixels, random);
    }

    /// <summary>
    /// As PRISM's user draws on every slice of a volume: each pixel that the wobbling line touches, of any length, on the
    /// slice's own pixels. In the region, and at least one pixel unless the region is empty.
    /// </summary>
    public static SliceMap DrawTouched(SliceMap region, StrokeUnit unit, Random random)
    {
        if (region.IsEmpty)
        {
            return region;
        }

        var (line, warped) = Line(region, unit, random);
        return Drawn(line, warped, v => v > TouchedFrom, region);
    }

    private static (SliceMap Line, float[] Warped) Line(SliceMap region, StrokeUnit unit, Random random)
    {
        var skeleton = Skeleton(region);
        var broken = skeleton.And(StrokeShaping.BreakUp(region.Rows, region.Columns, unit, random));
        var line = broken.IsEmpty ? skeleton : broken;
        return (line, StrokeShaping.Warp(line, unit, random));
    }

    private static SliceMap Drawn(SliceMap line, float[] warped, Func<float, bool> isDrawn, SliceMap region)
    {
        var drawn = new SliceMap(region.Rows, region.Columns, Array.ConvertAll(warped, v => isDrawn(v) ? (byte)1 : (byte)0)).And(region);
        return drawn.IsEmpty ? line.And(region) : drawn;
    }

    private static SliceMap Skeleton(SliceMap region)
    {
        var inner = new SliceMap(region.Rows, region.Columns, [.. region.Pixels]);
        for (var row = 0; row < region.Rows; row++)
        {
            (inner[row, 0], inner[row, region.Columns - 1]) = (false, false);
        }

        for (var column = 0; column < region.Columns; column++)
        {
            (inner[0, column], inner[region.Rows - 1, column]) = (false, false);
        }

        var thinned = inner.IsEmpty ? new SliceMap(region.Rows, region.Columns, [.. region.Pixels]) : inner;
        var whole = new SliceMap(region.Rows, region.Columns, [.. thinned.Pixels]);
        ZhangSuen.Thin(thinned.Pixels, thinned.Rows, thinned.Columns);
        // Thinning erases a lone 2 × 2 block.
        return thinned.IsEmpty ? whole : thinned;
    }
}
