namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>Along the border of a region, inside: the edges of a shrunken copy of it, broken into pieces.</summary>
internal static class ContourStroke
{
    private const double LeastSigma = 5;
    private const double MostSigma = 20;

    /// <summary>Before it wobbles, and the shrunken copy.</summary>
    /// <param name="region">Not empty.</param>
    /// <param name="random">How much it shrinks and where it is broken.</param>
    public static (SoftMap Line, SliceMap Core) Draw(SliceMap region, Random random)
    {
        var depth = BlurredComplement.Of(region, LeastSigma + ((MostSigma - LeastSigma) * random.NextDouble()));
        var core = Shrunken(region, depth, random.NextDouble());
        var edges = CannyEdges.Of(core);
        var outline = edges.IsEmpty ? SoftMap.Of(core) : edges;
        var broken = outline.Within(StrokeShaping.BreakUp(region.Rows, region.Columns, StrokeUnit.Pixel, random));
        return (broken.IsEmpty ? outline : broken, core);
    }

    /// <summary>The part of a region that is at least so deep: share 0 keeps the deepest pixels, share 1 all.</summary>
    public static SliceMap Shrunken(SliceMap region, SoftMap depth, double share)
    {
        var low = depth.Values.Min();
        var high = depth.Within(region).Values.Max();
        var threshold = low + (share * (high - low));
        return high > low
            ? region.And(new SliceMap(region.Rows, region.Columns, Array.ConvertAll(depth.Values, v => v <= threshold ? (byte)1 : (byte)0)))
            : region;
    }
}
