namespace SegBridge.Imaging.Intensity;

/// <summary>Statistics of the real values of a whole volume.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The greatest value.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the population.</param>
/// <param name="PercentileLow">0.5th percentile.</param>
/// <param name="PercentileHigh">99.5th percentile.</param>
public sealed record IntensityStatistics(
    double Minimum, double Maximum, double Mean, double StandardDeviation, double PercentileLow, double PercentileHigh)
{
    /// <summary>Of values in any order; NaN and infinities do not count.</summary>
    /// <exception cref="IntensityException">None of the values is finite.</exception>
    public static IntensityStatistics Of(ReadOnlySpan<float> values)
    {
        var finite = new float[values.Length];
        var count = 0;
        var sum = 0.0;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                finite[count++] = value;
                sum += value;
            }
        }

        var numbers = finite.AsSpan(0, count);
        var (low, high) = Percentiles.Of(numbers, 0.5, 99.5);
        var (least, most) = Percentiles.Of(numbers, 0, 100);
        var (mean, squares) = (sum / count, 0.0);
        foreach (var value in numbers)
        {
            squares += (value - mean) * (value - mean);
        }

        return new IntensityStatistics(least, most, mean, Math.Sqrt(squares / count), low, high);
    }
}
