using Microsoft.Extensions.Logging;

namespace SegBridge.Sessions.Journal;

/// <summary>What journals write to the log; nothing of what they hold.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(EventId = 20, EventName = "JournalUnwritable", Level = LogLevel.Warning, Message = "session {Session} goes on without a journal, which cannot be written: {Kind}")]
    public static partial void Unwritable(ILogger log, ShortId session, string kind);

    [LoggerMessage(EventId = 21, EventName = "JournalsRemoved", Level = LogLevel.Information, Message = "{Count} journals of sessions that ended long ago were removed")]
    public static partial void Removed(ILogger log, int count);

    [LoggerMessage(EventId = 22, EventName = "SessionResumed", Level = LogLevel.Information, Message = "session {Session} taken up again: {Acts} acts; all as it was: {Complete}")]
    public static partial void Resumed(ILogger log, ShortId session, int acts, bool complete);

    [LoggerMessage(EventId = 23, EventName = "JournalsUnreachable", Level = LogLevel.Warning, Message = "the journal folder cannot be read: {Kind}")]
    public static partial void Unreachable(ILogger log, string kind);
}
