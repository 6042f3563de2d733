using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace SegBridge.Server.Logging;

/// <summary>One JSON object on each line: time, level, message, and each value of the message under its own name.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private readonly JsonValueFormatter _values = new(typeTagName: null);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"time\":");
        Quote(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), output);
        output.Write(",\"level\":");
        Quote(logEvent.Level.ToString(), output);
        output.Write(",\"message\":");
        Quote(OneLine.MessageOf(logEvent), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is StructureValue)
            {
                continue;
            }

            output.Write(',');
            Quote(name, output);
            output.Write(':');
            _values.Format(value, output);
        }

        if (logEvent.Exception is { } error)
        {
            output.Write(",\"exception\":");
            Quote(error.GetType().Name, output);
        }

        output.WriteLine('}');
    }

    private static void Quote(string text, TextWriter output) => JsonValueFormatter.WriteQuotedJsonString(text, output);
}
