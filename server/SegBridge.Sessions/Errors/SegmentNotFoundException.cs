namespace SegBridge.Sessions.Errors;

/// <summary>The session has no such segment.</summary>
public sealed class SegmentNotFoundException() : Exception(
    "the session has no such segment; ListSegments names those it has, and the first Predict or PutSegment creates one");
