using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SegBridge.Cli.CommandLine;

/// <summary>Options that take a whole number within a range.</summary>
internal static class WholeNumber
{
    public static Option<int> Option(string name, string description, int usual, int least, int most, string unit = "N") =>
        new(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result, name, least, most) ?? usual,
        };

    /// <summary>The same without a default.</summary>
    public static Option<int?> Optional(string name, string description, int least, int most, string unit = "N") =>
        new(name) { Description = description, HelpName = unit, CustomParser = result => Parse(result, name, least, most) };

    private static int? Parse(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(FormattableString.Invariant($"{name} must be {least}..{most}, got {text}"));
        return null;
    }
}
