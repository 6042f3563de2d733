using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>Distance between the centres of neighbouring voxels along each axis, in millimetres.</summary>
public readonly record struct Spacing(double I, double J, double K)
{
    /// <summary>The spacing along one axis in millimetres.</summary>
    public double this[Axis axis] => axis switch
    {
        Axis.I => I,
        Axis.J => J,
        Axis.K => K,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "an axis is I, J or K"),
    };

    internal bool IsValid => IsValidLength(I) && IsValidLength(J) && IsValidLength(K);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({I}, {J}, {K})");

    private static bool IsValidLength(double mm) => double.IsFinite(mm) && mm > 0;
}
