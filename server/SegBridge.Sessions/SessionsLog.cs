using Microsoft.Extensions.Logging;

namespace SegBridge.Sessions;

/// <summary>What sessions write to the log: short ids and counts, nothing of the volume or its prompts.</summary>
internal static partial class SessionsLog
{
    [LoggerMessage(EventId = 1, EventName = "SessionOpened", Level = LogLevel.Information, Message = "session {Session} opened by {Client}; {Count} open")]
    public static partial void Opened(ILogger log, ShortId session, string client, int count);

    [LoggerMessage(EventId = 2, EventName = "SessionClosed", Level = LogLevel.Information, Message = "session {Session} closed; {Count} open, which hold {HeldMb} MB besides {CachedMb} MB of caches")]
    public static partial void Closed(ILogger log, ShortId session, int count, long heldMb, long cachedMb);

    [LoggerMessage(EventId = 3, EventName = "SessionExpired", Level = LogLevel.Information, Message = "session {Session} reached its idle or liveness limit")]
    public static partial void Expired(ILogger log, ShortId session);

    [LoggerMessage(EventId = 4, EventName = "StepStale", Level = LogLevel.Information, Message = "a step of session {Session} was {End} after {TotalMs:0} ms, besides {BricksMs:0} ms of waiting for bricks")]
    public static partial void Stale(ILogger log, ShortId session, string end, double totalMs, double bricksMs);
}
