namespace SegBridge.Imaging.Volumes;

/// <summary>Voxels were asked for whose bricks have not arrived; the caller fetches them and asks again.</summary>
public sealed class MissingBricksException(IReadOnlyList<BrickIndex> missing)
    : Exception($"{missing.Count} brick(s) of the box are not here yet, the first is {missing[0]}")
{
    /// <summary>The bricks to fetch, at least one, in C-order.</summary>
    public IReadOnlyList<BrickIndex> Missing { get; } = missing;
}
