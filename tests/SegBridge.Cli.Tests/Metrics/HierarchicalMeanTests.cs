using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Tests.Metrics;

public sealed class HierarchicalMeanTests
{
    [Fact]
    public void No_subject_label_or_data_set_counts_more_for_having_more_values()
    {
        (Place, double)[] values =
        [
            // Subject s has liver 0.2 and 0.4, t has 0.9: liver is 0.6. Only t has a spleen of 1.0: the data set is 0.8.
            (new("a", "liver", "s"), 0.2), (new("a", "liver", "s"), 0.4), (new("a", "liver", "t"), 0.9), (new("a", "spleen", "t"), 1.0),
            (new("b", "liver", "s"), 0.4),
        ];
        Assert.Equal(0.6, HierarchicalMean.Of(values)!.Value, 12);
        var interval = HierarchicalMean.Of(values, 1)!.Value;
        Assert.Equal(0.6, interval.Mean, 12);
        // Drawing s alone leaves liver 0.3 and no spleen, t alone 0.95: with b (0.3 + 0.4) / 2 to (0.95 + 0.4) / 2.
        Assert.Equal((0.35, 0.675), (Math.Round(interval.Low, 9), Math.Round(interval.High, 9)));
        Assert.Null(HierarchicalMean.Of([], 1));
    }

    [Fact]
    public void Intervals_of_many_subjects_are_those_of_the_normal_distribution()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 512).Select(n => (new Place("a", "x", $"{n}"), random.NextDouble())).ToArray();
        var interval = HierarchicalMean.Of(values, 3)!.Value;
        // 1.96 deviations of the mean of 512 uniform values on each side.
        Assert.InRange(interval.High - interval.Low, 0.045, 0.055);
        Assert.Equal(interval, HierarchicalMean.Of(values, 3));
    }
}
