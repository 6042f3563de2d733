namespace SegBridge.Cli.Metrics;

/// <summary>How far the mean of a few values can be trusted: percentile bootstrap over the values.</summary>
internal static class Bootstrap
{
    private const int Draws = 2000;

    /// <summary>Mean with its 95 % interval; the same values and seed give the same interval. One value has no width.</summary>
    public static MeanInterval MeanOf(IReadOnlyList<double> values, int seed)
    {
        var random = new Random(seed);
        var means = new double[Draws];
        for (var n = 0; n < Draws; n++)
        {
            var sum = 0.0;
            for (var m = 0; m < values.Count; m++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[n] = sum / values.Count;
        }

        Array.Sort(means);
        return new MeanInterval(values.Average(), means[(int)(0.025 * Draws)], means[(int)(0.975 * Draws)]);
    }
}

/// <summary>A mean and the ends of its 95 % interval.</summary>
internal readonly record struct MeanInterval(double Mean, double Low, double High);
