using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.CommandLine;

/// <summary>An intensity window on the command line: "LOWER,UPPER".</summary>
internal static class WindowText
{
    /// <param name="without">What happens when it is not given.</param>
    public static Option<IntensityWindow?> Option(string without) => new("--window")
    {
        Description = $"Values from black to white, such as -160,240 (HU) [default: {without}]",
        HelpName = "LOWER,UPPER",
        CustomParser = Parse,
        AllowMultipleArgumentsPerToken = false,
    };

    public static IntensityWindow? ParseOrNull(string text)
    {
        var parts = text.Split(',');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var lower)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var upper)
            && double.IsFinite(lower) && double.IsFinite(upper) && lower < upper
            ? new IntensityWindow(lower, upper)
            : null;
    }

    private static IntensityWindow? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var window = ParseOrNull(text);
        if (window is null)
        {
            result.AddError($"--window must be two numbers, the lower first, such as -160,240; got \"{text}\"");
        }

        return window;
    }
}
