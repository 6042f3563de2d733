namespace SegBridge.Sessions.Errors;

/// <summary>The archive gave a series that makes no volume, or not without a decision; the message says why.</summary>
public sealed class SeriesUnusableException(string message, Exception cause) : Exception(message, cause);
