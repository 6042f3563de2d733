using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Tests.Simulation;

public sealed class SmoothNoiseTests
{
    [Theory]
    [InlineData(37, 45, 2.0, 5.5)]
    [InlineData(9, 4, 6.0, 6.0)]
    [InlineData(1, 70, 1.0, 3.0)]
    public void A_field_is_blurred_noise_of_the_wanted_deviation(int rows, int columns, double down, double across)
    {
        var random = new Random(11);
        var noise = Enumerable.Range(0, rows * columns).Select(_ => SmoothNoise.Normal(random)).ToArray();
        var expected = new double[noise.Length];
        for (var at = 0; at < noise.Length; at++)
        {
            for (var from = 0; from < noise.Length; from++)
            {
                expected[at] += noise[from]
                    * Tap((at / columns) - (from / columns), down) * Tap((at % columns) - (from % columns), across);
            }
        }

        var mean = expected.Average();
        var deviation = Math.Sqrt(expected.Average(v => (v - mean) * (v - mean)));
        var field = SmoothNoise.Make(rows, columns, (down, across), 3, new Random(11));
        Assert.All(field.Zip(expected), pair => Assert.Equal(pair.Second * 3 / deviation, pair.First, 1e-3));
    }

    // Gaussian of 3 deviations on each side, of sum 1.
    private static double Tap(int offset, double sigma)
    {
        var radius = (int)((3 * sigma) + 0.5);
        double Weight(int n) => Math.Exp(-0.5 * n * n / (sigma * sigma));
        return Math.Abs(offset) > radius ? 0 : Weight(offset) / Enumerable.Range(-radius, (2 * radius) + 1).Sum(Weight);
    }
}
