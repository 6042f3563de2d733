namespace SegBridge.Sessions.Errors;

/// <summary>Someone else opened the session.</summary>
public sealed class NotYourSessionException() : Exception(
    "the session was opened with another key; resume it with that one");
