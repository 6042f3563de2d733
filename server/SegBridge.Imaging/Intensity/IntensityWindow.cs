using System.Globalization;

namespace SegBridge.Imaging.Intensity;

/// <summary>The range of values that matters; what lies beyond is clipped to it.</summary>
public readonly record struct IntensityWindow(double Lower, double Upper)
{
    /// <summary>From the centre and width that viewers show: centre ± width / 2.</summary>
    public static IntensityWindow Centred(double centre, double width) => new(centre - (width / 2), centre + (width / 2));

    internal bool IsValid => double.IsFinite(Lower) && double.IsFinite(Upper) && Lower <= Upper;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Lower}, {Upper}]");
}
