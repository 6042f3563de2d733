namespace SegBridge.Models.Bundles;

/// <summary>There is no bundle of that id; the message names those there are.</summary>
public sealed class ModelNotFoundException(string message) : Exception(message);
