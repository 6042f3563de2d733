using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SegBridge.Server.Mapping;

/// <summary>The rules that many fields share. Each names the field by its path in the request.</summary>
internal static class Field
{
    /// <summary>A message field that must be set.</summary>
    public static T Required<T>([NotNull] T? message, string path)
        where T : class =>
        message ?? throw new InvalidFieldException(path, "must be set");

    public static double Finite(double value, string path) =>
        double.IsFinite(value) ? value : throw new InvalidFieldException(path, string.Create(CultureInfo.InvariantCulture, $"must be a finite number, got {value}"));

    /// <summary>An unsigned count or index that must fit a range.</summary>
    public static int Within(uint value, int least, int most, string path) =>
        value >= least && value <= most
            ? (int)value
            : throw new InvalidFieldException(path, string.Create(CultureInfo.InvariantCulture, $"must be in {least}..{most}, got {value}"));

    public static string Text(string text, int least, int most, string path)
    {
        if (text.Length < least || text.Length > most)
        {
            throw new InvalidFieldException(path, $"must have {least}..{most} characters, got {text.Length}");
        }

        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                throw new InvalidFieldException(path, $"must be printable, got the control character U+{(int)character:X4}");
            }
        }

        return text;
    }

    /// <summary>An enumeration that must have one of its named values.</summary>
    public static InvalidFieldException Unnamed<T>(T value, string path)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Where(name => name != "Unspecified");
        return new InvalidFieldException(path, $"must be one of {string.Join(", ", names)}, got {value}");
    }
}
