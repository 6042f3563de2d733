namespace SegBridge.Sessions.Errors;

/// <summary>Part of the contract that this version does not do.</summary>
public sealed class NotSupportedHereException(string message) : Exception(message);
