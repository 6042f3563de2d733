using System.Globalization;

namespace SegBridge.Imaging.Morphology;

/// <summary>Continuous place on a 2D map; an integer is a pixel's centre.</summary>
public readonly record struct PixelPoint(double Row, double Column)
{
    internal bool IsFinite => double.IsFinite(Row) && double.IsFinite(Column);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"(row {Row}, column {Column})");
}
