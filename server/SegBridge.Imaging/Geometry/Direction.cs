using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Where the grid axes point: one unit vector in the LPS frame for each of I, J and K (the columns of the
/// direction matrix of DICOM and ITK). They need not be orthogonal.
/// </summary>
public readonly record struct Direction(LpsVector IAxis, LpsVector JAxis, LpsVector KAxis)
{
    /// <summary>I points to the left, J to posterior, K to superior.</summary>
    public static Direction Identity { get; } = new(new LpsVector(1, 0, 0), new LpsVector(0, 1, 0), new LpsVector(0, 0, 1));

    /// <summary>Triple product of the axes: +1 for a right-handed, −1 for a left-handed orthonormal grid.</summary>
    public double Determinant => IAxis.Dot(JAxis.Cross(KAxis));

    /// <summary>Whether every two axes are at right angles within <paramref name="tolerance"/> (cosine of the angle).</summary>
    public bool IsOrthogonal(double tolerance = 1e-4) =>
        Math.Abs(IAxis.Dot(JAxis)) <= tolerance
        && Math.Abs(JAxis.Dot(KAxis)) <= tolerance
        && Math.Abs(IAxis.Dot(KAxis)) <= tolerance;

    /// <summary>The direction of one axis.</summary>
    public LpsVector this[Axis axis] => axis switch
    {
        Axis.I => IAxis,
        Axis.J => JAxis,
        Axis.K => KAxis,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "an axis is I, J or K"),
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"i {IAxis}, j {JAxis}, k {KAxis}");
}
