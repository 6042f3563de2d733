using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>Along the middle of a region: its skeleton, broken into pieces.</summary>
internal static class CenterlineStroke
{
    private const float TouchedFrom = 1e-3f;

    /// <summary>Before it wobbles; empty only when the region is.</summary>
    public static SliceMap Draw(SliceMap region, StrokeUnit unit, Random random)
    {
        var skeleton = Skeleton(region);
        var broken = skeleton.And(StrokeShaping.BreakUp(region.Rows, region.Columns, unit, random));
        return broken.IsEmpty ? skeleton : broken;
    }

    /// <summary>
    /// As PRISM's user draws on every slice of a volume: each pixel that the wobbling line touches, of any length, on the
    /// slice's own pixels. In the region, and at least one pixel unless the region is empty.
    /// </summary>
    public static SliceMap DrawTouched(SliceMap region, StrokeUnit unit, Random random) =>
        region.IsEmpty ? region : StrokeShaping.Finish(SoftMap.Of(Draw(region, unit, random)), region, unit, random, TouchedFrom).Above(TouchedFrom);

    /// <summary>Zhang and Suen's skeleton of the part off the slice's border, where there is one.</summary>
    public static SliceMap Skeleton(SliceMap region)
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
