using Microsoft.Extensions.Logging;

namespace SegBridge.Server.Hosting;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One line each, for people.</summary>
    Text,

    /// <summary>One JSON object on each line, for log collectors.</summary>
    Json,
}

/// <summary>The server's log. No line holds pixel values, prompts, names of segments, or keys.</summary>
public sealed record LogSettings
{
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>Lines below this level are left out. Information has one line for each call.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Where lines go; null: the standard error stream.</summary>
    public TextWriter? Output { get; init; }
}
