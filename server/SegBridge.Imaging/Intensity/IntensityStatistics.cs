namespace SegBridge.Imaging.Intensity;

/// <summary>Statistics of the real values of a whole volume.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The greatest value.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the population.</param>
/// <param name="PercentileLow">0.5th percentile.</param>
/// <param name="PercentileHigh">99.5th percentile.</param>
public sealed record IntensityStatistics(
    double Minimum, double Maximum, double Mean, double StandardDeviation, double PercentileLow, double PercentileHigh);
