using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Index of one voxel. I runs fastest in memory: arrays are C-order (k, j, i), so a voxel lies at
/// ((k · sizeJ) + j) · sizeI + i.
/// </summary>
public readonly record struct Ijk(int I, int J, int K)
{
    /// <summary>The index along one axis.</summary>
    public int this[Axis axis] => axis switch
    {
        Axis.I => I,
        Axis.J => J,
        Axis.K => K,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "an axis is I, J or K"),
    };

    /// <summary>The centre of this voxel as a continuous index.</summary>
    public VoxelPoint Centre => new(I, J, K);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"(i {I}, j {J}, k {K})");
}
