namespace SegBridge.Models.Volumes;

/// <summary>The features are of another model, or of this one before its bundle changed: encode the patch again.</summary>
public sealed class StaleFeaturesException(string message) : Exception(message);
