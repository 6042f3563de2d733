namespace SegBridge.Sessions.Errors;

/// <summary>The operator has named no such archive.</summary>
public sealed class ArchiveNotFoundException() : Exception(
    "the server has no such archive; Describe lists those it has, and its operator adds one with \"segbridge serve --archive NAME=URL\"");
