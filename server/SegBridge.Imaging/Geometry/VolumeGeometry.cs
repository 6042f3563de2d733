namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Where a voxel grid lies in patient space. Validated once, at construction, and immutable.
/// <para>
/// lps = Origin + IAxis · Spacing.I · i + JAxis · Spacing.J · j + KAxis · Spacing.K · k, in millimetres.
/// </para>
/// The axes may be flipped (left-handed) or sheared (gantry tilt), not degenerate.
/// </summary>
public sealed class VolumeGeometry : IEquatable<VolumeGeometry>
{
    /// <summary>Largest number of voxels along one axis.</summary>
    public const int MaxAxis = 32768;

    /// <summary>Largest number of voxels of a volume.</summary>
    public const long MaxVoxelCount = 1L << 40;

    private const double UnitTolerance = 1e-3;
    private const double MinDeterminant = 1e-3;

    private readonly LpsVector _iStep;
    private readonly LpsVector _jStep;
    private readonly LpsVector _kStep;
    // Rows of the inverse matrix: continuous index = row · (lps − origin).
    private readonly LpsVector _iRow;
    private readonly LpsVector _jRow;
    private readonly LpsVector _kRow;

    /// <param name="size">1..32768 voxels along each axis, 2^40 at most in all.</param>
    /// <param name="spacing">Finite and &gt; 0 mm.</param>
    /// <param name="direction">Unit columns within 1e-3 (they are then made exactly unit), |determinant| &gt; 1e-3.</param>
    /// <param name="origin">LPS position of the centre of voxel (0, 0, 0), finite.</param>
    /// <exception cref="GeometryException">A value breaks one of these rules.</exception>
    public VolumeGeometry(VolumeSize size, Spacing spacing, Direction direction, LpsPoint origin)
    {
        RequireSize(size);
        if (!spacing.IsValid)
        {
            throw new GeometryException($"spacing must be finite and > 0 mm, got {spacing}");
        }

        if (!double.IsFinite(origin.L) || !double.IsFinite(origin.P) || !double.IsFinite(origin.S))
        {
            throw new GeometryException($"origin must be finite, got {origin}");
        }

        direction = new Direction(Unit(direction.IAxis, Axis.I), Unit(direction.JAxis, Axis.J), Unit(direction.KAxis, Axis.K));
        var determinant = direction.Determinant;
        if (!(Math.Abs(determinant) > MinDeterminant))
        {
            throw new GeometryException(
                $"direction axes must span space (|determinant| > {MinDeterminant:R}; shear is allowed), got determinant {determinant:R} for {direction}");
        }

        Size = size;
        Spacing = spacing;
        Direction = direction;
        Origin = origin;
        (_iStep, _jStep, _kStep) = (direction.IAxis * spacing.I, direction.JAxis * spacing.J, direction.KAxis * spacing.K);
        _iRow = direction.JAxis.Cross(direction.KAxis) * (1 / determinant / spacing.I);
        _jRow = direction.KAxis.Cross(direction.IAxis) * (1 / determinant / spacing.J);
        _kRow = direction.IAxis.Cross(direction.JAxis) * (1 / determinant / spacing.K);
    }

    public VolumeSize Size { get; }

    /// <summary>Millimetres between voxel centres.</summary>
    public Spacing Spacing { get; }

    /// <summary>Unit LPS vectors of the grid axes.</summary>
    public Direction Direction { get; }

    /// <summary>LPS position in millimetres of the centre of voxel (0, 0, 0).</summary>
    public LpsPoint Origin { get; }

    /// <summary>All voxels: [0, Size).</summary>
    public VoxelBox Bounds => Size.Bounds;

    /// <summary>Volume of one voxel in millilitres: |determinant| · spacing I · J · K / 1000.</summary>
    public double VoxelVolumeMl => Math.Abs(Direction.Determinant) * Spacing.I * Spacing.J * Spacing.K / 1000;

    /// <summary>A grid along the patient axes with its first voxel centre at (0, 0, 0) mm.</summary>
    public static VolumeGeometry AxisAligned(VolumeSize size, Spacing spacing) =>
        new(size, spacing, Direction.Identity, default);

    /// <summary>Patient position in millimetres of a continuous index.</summary>
    public LpsPoint ToLps(VoxelPoint voxel) => Origin + ((_iStep * voxel.I) + (_jStep * voxel.J) + (_kStep * voxel.K));

    /// <summary>Patient position in millimetres of a voxel's centre.</summary>
    public LpsPoint ToLps(Ijk voxel) => ToLps(voxel.Centre);

    /// <summary>Continuous index of a patient position; it may lie outside <see cref="Bounds"/>.</summary>
    public VoxelPoint ToVoxel(LpsPoint point)
    {
        var offset = point - Origin;
        return new VoxelPoint(_iRow.Dot(offset), _jRow.Dot(offset), _kRow.Dot(offset));
    }

    /// <summary>The geometry of a part of this volume: voxel (0, 0, 0) of the result is <c>box.Lower</c> here.</summary>
    /// <exception cref="GeometryException">The box is empty or not inside the volume.</exception>
    public VolumeGeometry Crop(VoxelBox box)
    {
        if (box.IsEmpty || !Bounds.Encloses(box))
        {
            throw new GeometryException($"a crop must be a box of at least one voxel inside the {Size} volume, got {box}");
        }

        return new VolumeGeometry(box.Size, Spacing, Direction, ToLps(box.Lower));
    }

    /// <summary>
    /// Whether both grids have the same size and every corner of one lies within <paramref name="toleranceMm"/> of
    /// the same corner of the other.
    /// </summary>
    public bool IsSameGridAs(VolumeGeometry other, double toleranceMm = 1e-3)
    {
        if (Size != other.Size)
        {
            return false;
        }

        for (var corner = 0; corner < 8; corner++)
        {
            var at = new VoxelPoint(
                (corner & 1) * (double)Size.I, ((corner >> 1) & 1) * (double)Size.J, (corner >> 2) * (double)Size.K);
            if (!(ToLps(at).DistanceTo(other.ToLps(at)) <= toleranceMm))
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(VolumeGeometry? other) =>
        other is not null && Size == other.Size && Spacing == other.Spacing
        && Direction == other.Direction && Origin == other.Origin;

    public override bool Equals(object? obj) => Equals(obj as VolumeGeometry);

    public override int GetHashCode() => HashCode.Combine(Size, Spacing, Direction, Origin);

    public override string ToString() => $"{Size} voxels of {Spacing} mm, origin {Origin}, direction {Direction}";

    private static void RequireSize(VolumeSize size)
    {
        if (size.I is < 1 or > MaxAxis || size.J is < 1 or > MaxAxis || size.K is < 1 or > MaxAxis)
        {
            throw new GeometryException($"size must be 1..{MaxAxis} voxels along each axis, got {size}");
        }

        if (size.VoxelCount > MaxVoxelCount)
        {
            throw new GeometryException($"a volume must have at most 2^40 voxels, got {size} = {size.VoxelCount}");
        }
    }

    private static LpsVector Unit(LpsVector axis, Axis name)
    {
        var length = axis.Length;
        if (!axis.IsFinite || !(Math.Abs(length - 1) <= UnitTolerance))
        {
            throw new GeometryException($"direction axis {name} must have length 1 within {UnitTolerance:R}, got {axis} of length {length:R}");
        }

        // An axis that is unit already keeps its digits, so that files round-trip exactly.
        return Math.Abs(length - 1) <= 1e-12 ? axis : axis * (1 / length);
    }
}
