namespace SegBridge.Models.Bundles;

/// <summary>A bundle folder that does not hold what it should. The message is for the person who installed it.</summary>
public sealed class BundleException(string message) : Exception(message);
