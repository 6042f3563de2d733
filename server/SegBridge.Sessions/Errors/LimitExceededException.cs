namespace SegBridge.Sessions.Errors;

/// <summary>A limit of the server would be passed; nothing was allocated. The message names the limit's number.</summary>
public sealed class LimitExceededException(string message) : Exception(message);
