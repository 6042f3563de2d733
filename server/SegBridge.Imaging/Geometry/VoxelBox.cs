namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Box of voxels, half open: <see cref="Lower"/> is inside, <see cref="Upper"/> is the first index outside along
/// each axis. A box with Upper ≤ Lower along any axis is empty.
/// </summary>
public readonly record struct VoxelBox(Ijk Lower, Ijk Upper)
{
    /// <summary>A box of no voxels.</summary>
    public static VoxelBox Empty => default;

    /// <summary>The box of this size whose lowest voxel is <paramref name="lower"/>.</summary>
    public static VoxelBox At(Ijk lower, VolumeSize size) =>
        new(lower, new Ijk(Saturate(lower.I, size.I), Saturate(lower.J, size.J), Saturate(lower.K, size.K)));

    /// <summary>The box of one voxel.</summary>
    public static VoxelBox Of(Ijk voxel) => At(voxel, new VolumeSize(1, 1, 1));

    public bool IsEmpty => Upper.I <= Lower.I || Upper.J <= Lower.J || Upper.K <= Lower.K;

    /// <summary>Number of voxels along each axis; zero along all of them when the box is empty.</summary>
    public VolumeSize Size => IsEmpty
        ? default
        : new VolumeSize(Span(Lower.I, Upper.I), Span(Lower.J, Upper.J), Span(Lower.K, Upper.K));

    public long VoxelCount => Size.VoxelCount;

    public bool Contains(Ijk voxel) =>
        voxel.I >= Lower.I && voxel.I < Upper.I
        && voxel.J >= Lower.J && voxel.J < Upper.J
        && voxel.K >= Lower.K && voxel.K < Upper.K;

    /// <summary>The voxel of this box next to another along each axis; itself when it is inside.</summary>
    /// <exception cref="GeometryException">The box is empty.</exception>
    public Ijk Nearest(Ijk voxel) => IsEmpty
        ? throw new GeometryException($"an empty box has no voxel near {voxel}")
        : new Ijk(
            Math.Clamp(voxel.I, Lower.I, Upper.I - 1), Math.Clamp(voxel.J, Lower.J, Upper.J - 1), Math.Clamp(voxel.K, Lower.K, Upper.K - 1));

    /// <summary>Whether every voxel of <paramref name="inner"/> is in this box; an empty box is enclosed by any.</summary>
    public bool Encloses(VoxelBox inner) =>
        inner.IsEmpty
        || (inner.Lower.I >= Lower.I && inner.Upper.I <= Upper.I
            && inner.Lower.J >= Lower.J && inner.Upper.J <= Upper.J
            && inner.Lower.K >= Lower.K && inner.Upper.K <= Upper.K);

    /// <summary>The voxels in both boxes; <see cref="Empty"/> when there are none.</summary>
    public VoxelBox Intersect(VoxelBox other)
    {
        var common = new VoxelBox(
            new Ijk(Math.Max(Lower.I, other.Lower.I), Math.Max(Lower.J, other.Lower.J), Math.Max(Lower.K, other.Lower.K)),
            new Ijk(Math.Min(Upper.I, other.Upper.I), Math.Min(Upper.J, other.Upper.J), Math.Min(Upper.K, other.Upper.K)));
        return common.IsEmpty ? Empty : common;
    }

    /// <summary>The smallest box that encloses both; an empty box adds nothing.</summary>
    public VoxelBox Union(VoxelBox other)
    {
        if (IsEmpty)
        {
            return other.IsEmpty ? Empty : other;
        }

        return other.IsEmpty
            ? this
            : new VoxelBox(
                new Ijk(Math.Min(Lower.I, other.Lower.I), Math.Min(Lower.J, other.Lower.J), Math.Min(Lower.K, other.Lower.K)),
                new Ijk(Math.Max(Upper.I, other.Upper.I), Math.Max(Upper.J, other.Upper.J), Math.Max(Upper.K, other.Upper.K)));
    }

    public override string ToString() => $"[{Lower} … {Upper})";

    private static int Saturate(int lower, int length) => (int)Math.Clamp((long)lower + length, int.MinValue, int.MaxValue);

    private static int Span(int lower, int upper) => (int)Math.Min((long)upper - lower, int.MaxValue);
}
