using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace SegBridge.Server.Logging;

/// <summary>Lines for people: time in UTC, level, message; line breaks in values cannot start a line of their own.</summary>
internal sealed class TextLineFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(LevelOf(logEvent.Level));
        output.Write(OneLine.Of(OneLine.MessageOf(logEvent)));
        if (logEvent.Exception is { } error)
        {
            output.Write($" [{error.GetType().Name}]");
        }

        output.WriteLine();
    }

    private static string LevelOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => " debug ",
        LogEventLevel.Information => " info  ",
        LogEventLevel.Warning => " warn  ",
        _ => " error ",
    };
}
