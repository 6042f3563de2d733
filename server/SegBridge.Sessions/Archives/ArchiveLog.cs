using Microsoft.Extensions.Logging;

namespace SegBridge.Sessions.Archives;

/// <summary>What the use of archives writes to the log: names that the operator gave, and counts; no identifiers.</summary>
internal static partial class ArchiveLog
{
    [LoggerMessage(EventId = 40, EventName = "SeriesFetched", Level = LogLevel.Information, Message = "a series of {Images} images, {Megabytes:0.0} MB, came from archive {Archive} in {Milliseconds:0} ms")]
    public static partial void Fetched(ILogger log, int images, double megabytes, string archive, double milliseconds);

    [LoggerMessage(EventId = 41, EventName = "SeriesNotFetched", Level = LogLevel.Warning, Message = "archive {Archive} did not give a series: {Problem}")]
    public static partial void NotFetched(ILogger log, string archive, string problem);

    [LoggerMessage(EventId = 42, EventName = "ObjectsStored", Level = LogLevel.Information, Message = "archive {Archive} took {Stored} of {Objects} objects, {Megabytes:0.0} MB, in {Milliseconds:0} ms")]
    public static partial void Stored(ILogger log, string archive, int stored, int objects, double megabytes, double milliseconds);

    [LoggerMessage(EventId = 43, EventName = "ObjectsNotStored", Level = LogLevel.Warning, Message = "archive {Archive} took nothing: {Problem}")]
    public static partial void NotStored(ILogger log, string archive, string problem);
}
