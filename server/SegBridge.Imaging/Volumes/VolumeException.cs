namespace SegBridge.Imaging.Volumes;

/// <summary>A volume whose parts do not fit together, such as too few bytes for its size.</summary>
public sealed class VolumeException(string message) : Exception(message);
