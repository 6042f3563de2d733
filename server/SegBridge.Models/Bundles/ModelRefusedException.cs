namespace SegBridge.Models.Bundles;

/// <summary>The bundle exists but cannot be used; the message gives the reason.</summary>
public sealed class ModelRefusedException(string message) : Exception(message);
