using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Point in patient space in millimetres: R grows towards the patient's right, A towards anterior, S towards
/// superior. It is the frame of NIfTI and of 3D Slicer; the server converts it to LPS at its door.
/// </summary>
public readonly record struct RasPoint(double R, double A, double S)
{
    /// <summary>The same place in the LPS frame: (−R, −A, S).</summary>
    public LpsPoint ToLps() => new(-R, -A, S);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({R}, {A}, {S}) mm RAS");
}
