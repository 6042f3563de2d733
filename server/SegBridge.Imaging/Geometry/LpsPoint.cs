using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Point in patient space in millimetres: L grows towards the patient's left, P towards posterior, S towards
/// superior. It is the frame of DICOM and ITK and the only world frame inside the server.
/// </summary>
public readonly record struct LpsPoint(double L, double P, double S)
{
    /// <summary>The same place in the RAS frame: (−L, −P, S).</summary>
    public RasPoint ToRas() => new(-L, -P, S);

    /// <summary>Euclidean distance in millimetres.</summary>
    public double DistanceTo(LpsPoint other) => (this - other).Length;

    public static LpsPoint operator +(LpsPoint point, LpsVector by) => new(point.L + by.L, point.P + by.P, point.S + by.S);

    public static LpsVector operator -(LpsPoint to, LpsPoint from) => new(to.L - from.L, to.P - from.P, to.S - from.S);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({L}, {P}, {S}) mm LPS");
}
