namespace SegBridge.Sessions.Errors;

/// <summary>A value of the request is wrong; the message says which and what would be right.</summary>
public sealed class InvalidRequestException(string message) : Exception(message);
