using System.Globalization;

namespace SegBridge.Cli.CommandLine;

/// <summary>Numbers in tables.</summary>
internal static class NumberText
{
    /// <summary>"0.873".</summary>
    public static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>"12.3".</summary>
    public static string Tenths(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>"12".</summary>
    public static string Whole(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
