using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace SegBridge.Server.Logging;

/// <summary>Sends log lines to a writer of the host's.</summary>
internal sealed class WriterSink(TextWriter output, ITextFormatter format) : ILogEventSink
{
    private readonly Lock _gate = new();

    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            format.Format(logEvent, output);
            output.Flush();
        }
    }
}
