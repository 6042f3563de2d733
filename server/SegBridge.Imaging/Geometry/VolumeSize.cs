using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>Number of voxels along each axis.</summary>
public readonly record struct VolumeSize(int I, int J, int K)
{
    /// <summary>
    /// I · J · K; 0 when an axis is not positive, and <see cref="long.MaxValue"/> where the product would not fit.
    /// </summary>
    public long VoxelCount => I <= 0 || J <= 0 || K <= 0
        ? 0
        : (long)Int128.Min((Int128)I * J * K, long.MaxValue);

    /// <summary>The number of voxels along one axis.</summary>
    public int this[Axis axis] => new Ijk(I, J, K)[axis];

    /// <summary>The box [0, I) × [0, J) × [0, K).</summary>
    public VoxelBox Bounds => new(new Ijk(0, 0, 0), new Ijk(I, J, K));

    public bool Contains(Ijk voxel) =>
        (uint)voxel.I < (uint)I && (uint)voxel.J < (uint)J && (uint)voxel.K < (uint)K;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{I}×{J}×{K}");
}
