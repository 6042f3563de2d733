namespace SegBridge.Models.Bundles;

/// <summary>
/// To [0, 1]: clipped to the window that the caller gives, else to these percentiles of the image, then
/// (x − min) / (max − min) of what is left. Taken on the native image, before it is resized. The manifest calls it
/// <c>minmax</c>.
/// </summary>
/// <param name="LowPercentile">0..100, below <paramref name="HighPercentile"/>.</param>
/// <param name="HighPercentile">0..100.</param>
public sealed record MinMaxNormalisation(double LowPercentile, double HighPercentile) : Normalisation;
