using SegBridge.Imaging.Geometry;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Voxel indices, world points, boxes, planes and grids.</summary>
internal static class GeometryMapping
{
    /// <exception cref="InvalidFieldException">A part is missing.</exception>
    /// <exception cref="GeometryException">A value is wrong; the message says which.</exception>
    public static VolumeGeometry ToGeometry(Wire.VolumeGeometry geometry, string path) => new(
        ToSize(Field.Required(geometry.Size, $"{path}.size"), VolumeGeometry.MaxAxis, $"{path}.size"),
        ToSpacing(Field.Required(geometry.Spacing, $"{path}.spacing"), $"{path}.spacing"),
        new Direction(
            ToVector(geometry.IAxis, $"{path}.i_axis"),
            ToVector(geometry.JAxis, $"{path}.j_axis"),
            ToVector(geometry.KAxis, $"{path}.k_axis")),
        ToLps(Field.Required(geometry.Origin, $"{path}.origin"), $"{path}.origin"));

    public static Wire.VolumeGeometry ToWire(VolumeGeometry geometry) => new()
    {
        Size = ToWire(geometry.Size),
        Spacing = new Wire.Spacing { I = geometry.Spacing.I, J = geometry.Spacing.J, K = geometry.Spacing.K },
        IAxis = ToWire(geometry.Direction.IAxis),
        JAxis = ToWire(geometry.Direction.JAxis),
        KAxis = ToWire(geometry.Direction.KAxis),
        Origin = ToWire(geometry.Origin),
    };

    public static VolumeSize ToSize(Wire.Size size, int most, string path) => new(
        Field.Within(size.I, 1, most, $"{path}.i"),
        Field.Within(size.J, 1, most, $"{path}.j"),
        Field.Within(size.K, 1, most, $"{path}.k"));

    public static Wire.Size ToWire(VolumeSize size) => new() { I = (uint)size.I, J = (uint)size.J, K = (uint)size.K };

    public static VoxelPoint ToVoxelPoint(Wire.VoxelPoint point, string path) => new(
        Field.Finite(point.I, $"{path}.i"), Field.Finite(point.J, $"{path}.j"), Field.Finite(point.K, $"{path}.k"));

    public static LpsPoint ToLps(Wire.LpsPoint point, string path) => new(
        Field.Finite(point.L, $"{path}.l"), Field.Finite(point.P, $"{path}.p"), Field.Finite(point.S, $"{path}.s"));

    public static VoxelBox ToBox(Wire.VoxelBox? box, string path)
    {
        Field.Required(box, path);
        var lower = ToIndex(Field.Required(box.Lower, $"{path}.lower"));
        var upper = ToIndex(Field.Required(box.Upper, $"{path}.upper"));
        return upper.I >= lower.I && upper.J >= lower.J && upper.K >= lower.K
            ? new VoxelBox(lower, upper)
            : throw new InvalidFieldException(path, $"upper must not be below lower on any axis, got lower {lower} and upper {upper}");
    }

    public static Wire.VoxelBox ToWire(VoxelBox box) => new() { Lower = ToWire(box.Lower), Upper = ToWire(box.Upper) };

    public static Wire.VoxelIndex ToWire(Ijk voxel) => new() { I = voxel.I, J = voxel.J, K = voxel.K };

    public static SlicePlane ToPlane(Wire.GridSlice slice, string path) => new(
        slice.Axis switch
        {
            Wire.Axis.I => Axis.I,
            Wire.Axis.J => Axis.J,
            Wire.Axis.K => Axis.K,
            _ => throw Field.Unnamed(slice.Axis, $"{path}.axis"),
        },
        Field.Within(slice.Index, 0, VolumeGeometry.MaxAxis - 1, $"{path}.index"));

    /// <summary>Slices without those named twice.</summary>
    public static SlicePlane[] ToPlanes(IEnumerable<Wire.GridSlice> slices, string path) =>
        [.. slices.Select((slice, n) => ToPlane(slice, $"{path}[{n}]")).Distinct()];

    public static Wire.GridSlice ToWire(SlicePlane plane) => new()
    {
        Axis = plane.Axis switch { Axis.I => Wire.Axis.I, Axis.J => Wire.Axis.J, _ => Wire.Axis.K },
        Index = (uint)plane.Index,
    };

    /// <exception cref="InvalidFieldException">A part is missing or no number.</exception>
    /// <exception cref="GeometryException">A value is wrong; the message says which.</exception>
    public static ObliquePlane ToOblique(Wire.ObliqueSlice slice, string path) => new(
        ToLps(Field.Required(slice.Origin, $"{path}.origin"), $"{path}.origin"),
        ToVector(slice.ColumnAxis, $"{path}.column_axis"),
        ToVector(slice.RowAxis, $"{path}.row_axis"),
        Field.Finite(slice.ColumnSpacing, $"{path}.column_spacing"),
        Field.Finite(slice.RowSpacing, $"{path}.row_spacing"),
        Field.Within(slice.Columns, 1, ObliquePlane.MaxPixels, $"{path}.columns"),
        Field.Within(slice.Rows, 1, ObliquePlane.MaxPixels, $"{path}.rows"));

    public static Wire.ObliqueSlice ToWire(ObliquePlane plane) => new()
    {
        Origin = ToWire(plane.Origin),
        ColumnAxis = ToWire(plane.ColumnAxis),
        RowAxis = ToWire(plane.RowAxis),
        ColumnSpacing = plane.ColumnSpacing,
        RowSpacing = plane.RowSpacing,
        Columns = (uint)plane.Columns,
        Rows = (uint)plane.Rows,
    };

    private static Wire.LpsPoint ToWire(LpsPoint point) => new() { L = point.L, P = point.P, S = point.S };

    private static Wire.LpsVector ToWire(LpsVector vector) => new() { L = vector.L, P = vector.P, S = vector.S };

    private static Ijk ToIndex(Wire.VoxelIndex index) => new(index.I, index.J, index.K);

    private static Spacing ToSpacing(Wire.Spacing spacing, string path) => new(
        Field.Finite(spacing.I, $"{path}.i"), Field.Finite(spacing.J, $"{path}.j"), Field.Finite(spacing.K, $"{path}.k"));

    private static LpsVector ToVector(Wire.LpsVector? vector, string path)
    {
        Field.Required(vector, path);
        return new LpsVector(Field.Finite(vector.L, $"{path}.l"), Field.Finite(vector.P, $"{path}.p"), Field.Finite(vector.S, $"{path}.s"));
    }
}
