using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step asks the client for: the bricks it needs, and those the next steps will probably need.</summary>
internal static class BrickWishes
{
    private const int MostPrefetched = 64;

    /// <summary>
    /// Required: the missing bricks, nearest the prompt first. Prefetch: bricks one layer before and behind the
    /// slice, since users move to the neighbouring slices next.
    /// </summary>
    public static NeedsBricksEvent OfSlice(SessionState session, SlicePlane plane, IReadOnlyList<BrickIndex> missing, VoxelPoint focus)
    {
        var (grid, store, geometry) = (session.Grid, session.Inbox.Store, session.Volume.Geometry);
        var thickness = grid.Brick[plane.Axis];
        SlicePlane[] neighbours = [plane with { Index = plane.Index - thickness }, plane with { Index = plane.Index + thickness }];
        var layers = neighbours
            .Where(slice => slice.Index >= 0 && slice.Index < geometry.Size[plane.Axis])
            .SelectMany(slice => store.Missing(slice.BoxIn(geometry.Size)));
        var prefetch = grid.NearestFirst(layers, focus, geometry.Spacing);
        return new NeedsBricksEvent(
            grid.NearestFirst(missing, focus, geometry.Spacing),
            [.. prefetch.Take(MostPrefetched)]);
    }
}
