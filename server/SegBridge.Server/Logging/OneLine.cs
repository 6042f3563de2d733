using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace SegBridge.Server.Logging;

/// <summary>Text of a log event as one line without quotes around its values.</summary>
internal static class OneLine
{
    public static string MessageOf(LogEvent logEvent)
    {
        var text = new StringBuilder();
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property && logEvent.Properties.TryGetValue(property.PropertyName, out var value))
            {
                text.Append(value is ScalarValue { Value: string plain }
                    ? plain
                    : value.ToString(property.Format, CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(token);
            }
        }

        return text.ToString();
    }

    /// <summary>Control characters become spaces.</summary>
    public static string Of(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var n = 0; n < to.Length; n++)
        {
            to[n] = char.IsControl(from[n]) ? ' ' : from[n];
        }
    });
}
