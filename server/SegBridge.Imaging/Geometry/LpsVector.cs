using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>Displacement or direction in the LPS frame; millimetres where it is a displacement.</summary>
public readonly record struct LpsVector(double L, double P, double S)
{
    /// <summary>Euclidean length.</summary>
    public double Length => Math.Sqrt(Dot(this));

    public double Dot(LpsVector other) => (L * other.L) + (P * other.P) + (S * other.S);

    public LpsVector Cross(LpsVector other) => new(
        (P * other.S) - (S * other.P),
        (S * other.L) - (L * other.S),
        (L * other.P) - (P * other.L));

    public static LpsVector operator *(LpsVector vector, double factor) =>
        new(vector.L * factor, vector.P * factor, vector.S * factor);

    public static LpsVector operator +(LpsVector a, LpsVector b) => new(a.L + b.L, a.P + b.P, a.S + b.S);

    public static LpsVector operator -(LpsVector a, LpsVector b) => new(a.L - b.L, a.P - b.P, a.S - b.S);

    internal bool IsFinite => double.IsFinite(L) && double.IsFinite(P) && double.IsFinite(S);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({L}, {P}, {S})");
}
