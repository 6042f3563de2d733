namespace SegBridge.Imaging.Resampling;

/// <summary>Sizes that do not fit the data they describe.</summary>
public sealed class ResamplingException(string message) : Exception(message);
