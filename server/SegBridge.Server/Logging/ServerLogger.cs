using Microsoft.Extensions.Logging;
using SegBridge.Server.Hosting;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace SegBridge.Server.Logging;

/// <summary>Builds the Serilog logger that the settings ask for.</summary>
internal static class ServerLogger
{
    public static Logger Create(LogSettings settings)
    {
        ITextFormatter format = settings.Format == LogFormat.Json ? new JsonLineFormatter() : new TextLineFormatter();
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(LevelOf(settings.Level))
            // The framework's own lines quote requests and exceptions. What matters of them is in ours.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Fatal)
            .MinimumLevel.Override("System", LogEventLevel.Fatal)
            .MinimumLevel.Override("Grpc", LogEventLevel.Fatal);
        return settings.Output is null
            ? configuration.WriteTo.Console(format, standardErrorFromLevel: LogEventLevel.Verbose).CreateLogger()
            : configuration.WriteTo.Sink(new WriterSink(settings.Output, format)).CreateLogger();
    }

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        // None as well: the last words of a server that fails are never unwanted.
        _ => LogEventLevel.Fatal,
    };
}
