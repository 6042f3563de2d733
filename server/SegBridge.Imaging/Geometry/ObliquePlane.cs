using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// A slice in any direction: rows × columns pixels, the centre of each at lps = Origin + ColumnAxis · ColumnSpacing · column
/// + RowAxis · RowSpacing · row, in millimetres. Validated once, at construction, and immutable.
/// </summary>
public sealed record ObliquePlane
{
    /// <summary>Largest number of pixels along one axis.</summary>
    public const int MaxPixels = 4096;

    private const double Tolerance = 1e-3;
    private const double Rounding = 1e-12;

    /// <param name="origin">LPS position of the centre of the first pixel (row 0, column 0), finite.</param>
    /// <param name="columnAxis">Along a row, to the next column: a unit vector within 1e-3.</param>
    /// <param name="rowAxis">Along a column, to the next row: a unit vector within 1e-3, at right angles to the other within 1e-3.</param>
    /// <param name="columnSpacing">Millimetres between columns, finite and &gt; 0.</param>
    /// <param name="rowSpacing">Millimetres between rows, finite and &gt; 0.</param>
    /// <param name="columns">1..4096.</param>
    /// <param name="rows">1..4096.</param>
    /// <exception cref="GeometryException">A value breaks one of these rules.</exception>
    public ObliquePlane(
        LpsPoint origin, LpsVector columnAxis, LpsVector rowAxis, double columnSpacing, double rowSpacing, int columns, int rows)
    {
        (Origin, ColumnAxis, RowAxis) = (origin, Unit(columnAxis, "column"), Unit(rowAxis, "row"));
        (ColumnSpacing, RowSpacing, Columns, Rows) = (columnSpacing, rowSpacing, columns, rows);
        if (Math.Abs(ColumnAxis.Dot(RowAxis)) is var cosine && cosine > Tolerance)
        {
            throw Wrong($"column and row axis must be at right angles within {Tolerance}, the cosine between them is {cosine:0.####}");
        }

        if (columns is < 1 or > MaxPixels || rows is < 1 or > MaxPixels)
        {
            throw Wrong($"columns and rows must be in 1..{MaxPixels}, got {columns} and {rows}");
        }

        // Checks spacing and origin as those of any grid.
        _ = Grid(1);
    }

    public LpsPoint Origin { get; }

    public LpsVector ColumnAxis { get; }

    public LpsVector RowAxis { get; }

    public double ColumnSpacing { get; }

    public double RowSpacing { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Unit vector at right angles to the slice.</summary>
    public LpsVector Normal => ColumnAxis.Cross(RowAxis) is var normal ? normal * (1 / normal.Length) : default;

    /// <summary>
    /// The slice as a grid one voxel thick: I = column, J = row. Its thickness is what a voxel of the volume measures along
    /// the normal, Σ |normal · axis| · spacing, so that it holds the centres of exactly those voxels that the slice passes
    /// through; for a slice across an axis of the volume it is the spacing along that axis.
    /// </summary>
    public VolumeGeometry SlabIn(VolumeGeometry volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        var (normal, direction, spacing) = (Normal, volume.Direction, volume.Spacing);
        return Grid(
            (Math.Abs(normal.Dot(direction.IAxis)) * spacing.I)
            + (Math.Abs(normal.Dot(direction.JAxis)) * spacing.J)
            + (Math.Abs(normal.Dot(direction.KAxis)) * spacing.K));
    }

    private VolumeGeometry Grid(double thickness) => new(
        new VolumeSize(Columns, Rows, 1), new Spacing(ColumnSpacing, RowSpacing, thickness), new Direction(ColumnAxis, RowAxis, Normal), Origin);

    private static LpsVector Unit(LpsVector axis, string name) =>
        axis.IsFinite && Math.Abs(axis.Length - 1) <= Tolerance
            // An axis of a plane makes the same plane again, to the last bit.
            ? Math.Abs(axis.Length - 1) <= Rounding ? axis : axis * (1 / axis.Length)
            : throw Wrong($"the {name} axis must have length 1 within {Tolerance}, got {axis} of length {axis.Length:0.####}");

    private static GeometryException Wrong(FormattableString what) => new($"oblique slice: {what.ToString(CultureInfo.InvariantCulture)}");
}
