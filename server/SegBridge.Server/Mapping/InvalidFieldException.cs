namespace SegBridge.Server.Mapping;

/// <summary>A field of a request is wrong: its path, and what it must be.</summary>
internal sealed class InvalidFieldException(string path, string rule) : Exception($"{path}: {rule}");
