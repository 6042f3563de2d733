namespace SegBridge.Imaging.Intensity;

/// <summary>A window or percentile that cannot be: the message quotes the value.</summary>
public sealed class IntensityException(string message) : Exception(message);
