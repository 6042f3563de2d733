namespace SegBridge.Sessions.Errors;

/// <summary>No session has this id: it never existed, was closed, or ended by a time limit.</summary>
public sealed class SessionNotFoundException(string id) : Exception(
    $"there is no session {ShortId.Of(id)}; it was closed, or ended by a time limit or with its server. ResumeSession takes it up again where journals are kept; otherwise open a new one.");
