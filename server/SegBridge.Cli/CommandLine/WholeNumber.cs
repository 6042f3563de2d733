using System.CommandLine;
using System.Globalization;

namespace SegBridge.Cli.CommandLine;

/// <summary>Options that take a whole number within a range.</summary>
internal static class WholeNumber
{
    public static Option<int> Option(string name, string description, int usual, int least, int most, string unit = "N")
    {
        var option = new Option<int>(name) { Description = description, HelpName = unit, DefaultValueFactory = _ => usual };
        option.Validators.Add(result => Check(result, name, least, most));
        return option;
    }

    /// <summary>The same without a default.</summary>
    public static Option<int?> Optional(string name, string description, int least, int most, string unit = "N")
    {
        var option = new Option<int?>(name) { Description = description, HelpName = unit };
        option.Validators.Add(result => Check(result, name, least, most));
        return option;
    }

    private static void Check(System.CommandLine.Parsing.OptionResult result, string name, int least, int most)
    {
        // What is no number at all is reported by the parser itself.
        if (result.Tokens.Count == 1
            && long.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            && (value < least || value > most))
        {
            result.AddError(FormattableString.Invariant($"{name} must be {least}..{most}, got {value}"));
        }
    }
}
