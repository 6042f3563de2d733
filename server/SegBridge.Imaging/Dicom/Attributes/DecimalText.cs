using System.Globalization;

namespace SegBridge.Imaging.Dicom;

/// <summary>Decimal strings (DS): at most 16 characters.</summary>
internal static class DecimalText
{
    private const int MaxLength = 16;

    /// <summary>The shortest text that means exactly this number, or else the closest one that fits.</summary>
    public static string Of(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        for (var digits = 16; text.Length > MaxLength; digits--)
        {
            text = number.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        return text == "-0" ? "0" : text;
    }
}
