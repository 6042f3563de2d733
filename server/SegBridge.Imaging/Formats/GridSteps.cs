using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// A grid as files describe it: the LPS displacement in millimetres from one voxel centre to the next along each axis,
/// and the centre of the first voxel. Shear is kept.
/// </summary>
internal readonly record struct GridSteps(LpsVector I, LpsVector J, LpsVector K, LpsPoint Origin)
{
    private const double MinSpacing = 1e-6;
    private const double MaxSpacing = 1e6;

    public static GridSteps Of(VolumeGeometry geometry) => new(
        geometry.Direction.IAxis * geometry.Spacing.I,
        geometry.Direction.JAxis * geometry.Spacing.J,
        geometry.Direction.KAxis * geometry.Spacing.K,
        geometry.Origin);

    /// <summary>The same grid with all lengths multiplied, to come from another unit to millimetres.</summary>
    public GridSteps InMillimetres(double unit) => unit == 1
        ? this
        : new(I * unit, J * unit, K * unit, new LpsPoint(Origin.L * unit, Origin.P * unit, Origin.S * unit));

    /// <summary>spacing = length of the step, direction = step / length.</summary>
    /// <param name="size">Extents of the volume.</param>
    /// <param name="source">The header fields the steps came from, for the message.</param>
    /// <exception cref="VolumeFormatException">The steps make no valid <see cref="VolumeGeometry"/>.</exception>
    public VolumeGeometry ToGeometry(VolumeSize size, string source)
    {
        var (iAxis, iLength) = Split(I, Axis.I, source);
        var (jAxis, jLength) = Split(J, Axis.J, source);
        var (kAxis, kLength) = Split(K, Axis.K, source);
        try
        {
            return new VolumeGeometry(
                size, new Spacing(iLength, jLength, kLength), new Direction(iAxis, jAxis, kAxis), Origin);
        }
        catch (GeometryException e)
        {
            throw new VolumeFormatException($"{source}: {e.Message}", e);
        }
    }

    /// <summary>The size of a volume from the extents a header declares.</summary>
    /// <exception cref="VolumeFormatException">An extent or the product is out of range.</exception>
    public static VolumeSize SizeOf(long i, long j, long k, string source)
    {
        if (!IsExtent(i) || !IsExtent(j) || !IsExtent(k))
        {
            throw new VolumeFormatException(
                $"{source} must be 1 to {VolumeGeometry.MaxAxis} voxels along each axis, got {i}×{j}×{k}");
        }

        var size = new VolumeSize((int)i, (int)j, (int)k);
        return size.VoxelCount <= VolumeGeometry.MaxVoxelCount
            ? size
            : throw new VolumeFormatException($"{source} must declare at most 2^40 voxels, got {size}");
    }

    private static bool IsExtent(long extent) => extent is >= 1 and <= VolumeGeometry.MaxAxis;

    private static (LpsVector Axis, double Length) Split(LpsVector step, Axis axis, string source)
    {
        var length = step.Length;
        return length is >= MinSpacing and <= MaxSpacing
            ? (new LpsVector(step.L / length, step.P / length, step.S / length), length)
            : throw new VolumeFormatException(
                $"{source} must give a step of {MinSpacing} to {MaxSpacing} mm along each axis, got {step} along {axis}");
    }
}
