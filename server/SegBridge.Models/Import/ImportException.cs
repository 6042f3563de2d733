namespace SegBridge.Models.Import;

/// <summary>A checkpoint cannot become a bundle: it is of another network, the id is taken, or the result does not run.</summary>
public sealed class ImportException(string message) : Exception(message);
