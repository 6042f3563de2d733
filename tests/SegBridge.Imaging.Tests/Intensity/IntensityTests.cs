using SegBridge.Imaging.Intensity;

namespace SegBridge.Imaging.Tests.Intensity;

public sealed class IntensityTests
{
    [Theory]
    [InlineData(0, -2.857142925262451)]
    [InlineData(0.5, -2.8)]
    [InlineData(1, -2.742857074737549)]
    [InlineData(33.3, 0.9485714316368099)]
    [InlineData(50, 2.857142925262451)]
    [InlineData(99, 8.599999809265137)]
    [InlineData(99.5, 8.657142829895019)]
    [InlineData(100, 8.714285850524902)]
    public void Percentiles_are_the_numbers_of_numpy(double percent, double expected)
    {
        var values = Enumerable.Range(1, 81).Select(n => (float)((n * 29 % 83 / 7.0) - 3)).ToArray();

        Assert.Equal(expected, Percentiles.Of(values, percent, 50).Low, 1e-6);
        Assert.Equal(expected, Percentiles.Of(values, 50, percent).High, 1e-6);
    }

    [Fact]
    public void Statistics_are_those_of_the_finite_values()
    {
        float[] values = [.. Enumerable.Range(0, 1001).Select(n => (float)n), float.NaN, float.PositiveInfinity];
        Random.Shared.Shuffle(values);

        var statistics = IntensityStatistics.Of(values);

        Assert.Equal((0, 1000, 500, 5, 995), (statistics.Minimum, statistics.Maximum, statistics.Mean, statistics.PercentileLow, statistics.PercentileHigh));
        Assert.Equal(Math.Sqrt(((1001 * 1001) - 1) / 12.0), statistics.StandardDeviation, 1e-9);
        Assert.Throws<IntensityException>(() => IntensityStatistics.Of([float.NaN]));
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_values_that_are_numbers()
    {
        Seeded.ForAll(random =>
        {
            var values = Enumerable.Range(0, random.Next(1, 300))
                .Select(_ => random.Next(9) == 0 ? float.NaN : random.Next(3) == 0 ? 7 : (float)((random.NextDouble() - 0.5) * Math.Exp(random.Next(-30, 30))))
                .Append(1.5f).ToArray();
            var sorted = values.Where(value => !float.IsNaN(value)).Order().ToArray();
            var (low, high) = (random.NextDouble() * 100, random.NextDouble() * 100);

            var found = Percentiles.Of(values, low, high);

            Assert.Equal(BySorting(sorted, low), found.Low, 1e-6 * Math.Abs(found.Low));
            Assert.Equal(BySorting(sorted, high), found.High, 1e-6 * Math.Abs(found.High));
        });
    }

    [Fact]
    public void Percentiles_of_nothing_or_beyond_a_hundred_are_refused()
    {
        Assert.Throws<IntensityException>(() => Percentiles.Of([float.NaN], 0, 100));
        Assert.Throws<IntensityException>(() => Percentiles.Of([], 0, 100));
        Assert.Throws<IntensityException>(() => Percentiles.Of([1], -0.1, 100));
        Assert.Throws<IntensityException>(() => Percentiles.Of([1], 0, double.NaN));
    }

    [Fact]
    public void Infinities_count_as_the_ends_of_the_order()
    {
        float[] values = [float.PositiveInfinity, 3, float.NegativeInfinity];

        Assert.Equal((float.NegativeInfinity, float.PositiveInfinity), Percentiles.Of(values, 0, 100));
        Assert.Equal(3, Percentiles.Of(values, 50, 50).Low);
    }

    [Fact]
    public void Values_are_clipped_and_scaled_by_what_is_left_of_them()
    {
        Seeded.ForAll(random =>
        {
            var values = Enumerable.Range(0, random.Next(1, 60)).Select(_ => (float)(random.NextDouble() * 4000) - 1500).ToArray();
            var clipped = values.Select(value => Math.Clamp(value, -160, 240)).ToArray();
            var (min, max) = (clipped.Min(), clipped.Max());

            MinMax.Normalise(values, new IntensityWindow(-160, 240));

            Assert.All(clipped.Zip(values), pair => Assert.Equal(max > min ? (pair.First - min) / (max - min) : 0, pair.Second, 1e-6f));
        });
    }

    [Fact]
    public void What_is_no_number_counts_as_the_lower_bound_at_every_place()
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (var place = 0; place < 19; place++)
            {
                var values = Enumerable.Repeat(5f, 19).ToArray();
                values[place] = bad;

                MinMax.Normalise(values, new IntensityWindow(0, 10));

                Assert.Equal(Enumerable.Range(0, 19).Select(n => n == place ? 0f : 1f), values);
            }
        }
    }

    [Fact]
    public void An_image_of_one_value_becomes_zero_and_the_widest_window_does_not_overflow()
    {
        var flat = Enumerable.Repeat(42f, 11).ToArray();
        float[] wide = [float.MinValue, 0, float.MaxValue];

        MinMax.Normalise(flat, new IntensityWindow(0, 100));
        MinMax.Normalise(wide, new IntensityWindow(-1e300, 1e300));

        Assert.All(flat, value => Assert.Equal(0, value));
        Assert.Equal([0, 0.5f, 1], wide);
        Assert.Throws<IntensityException>(() => MinMax.Normalise(flat, new IntensityWindow(2, 1)));
        Assert.Throws<IntensityException>(() => MinMax.Normalise(flat, new IntensityWindow(double.NaN, 1)));
    }

    private static double BySorting(float[] sorted, double percent)
    {
        var position = percent / 100 * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * ((double)sorted[above] - sorted[below]));
    }
}
