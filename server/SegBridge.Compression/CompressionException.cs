namespace SegBridge.Compression;

/// <summary>Compressed data are damaged, of a form that is not supported, or larger than they may be. The message quotes none of them.</summary>
public sealed class CompressionException(string message) : Exception(message);
