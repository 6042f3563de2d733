using FsCheck;
using FsCheck.Fluent;
using SegBridge.Cli.Cases;

namespace SegBridge.Cli.Tests.Cases;

public sealed class SliceChoiceTests
{
    [Fact]
    public void The_slices_rise_show_the_object_and_include_the_largest() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<int>(), (values, n) =>
        {
            int[] areas = [.. values.Select(value => Math.Max(0, value))];
            var count = 1 + (int)((uint)n % 7);
            var chosen = SliceChoice.Across(areas, count);
            return areas.All(area => area == 0)
                ? chosen.Count == 0
                : chosen.Count >= 1 && chosen.Count <= count
                    && chosen.Zip(chosen.Skip(1)).All(pair => pair.First < pair.Second)
                    && chosen.All(slice => areas[slice] > 0)
                    && chosen.Any(slice => areas[slice] == areas.Max());
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void They_are_spread_over_the_object()
    {
        int[] areas = [.. Enumerable.Range(0, 60).Select(k => k is >= 10 and < 50 ? 100 - Math.Abs(k - 30) : 0)];
        var chosen = SliceChoice.Across(areas, 5);
        Assert.Equal(5, chosen.Count);
        Assert.Contains(30, chosen);
        Assert.All(chosen.Zip(chosen.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 4, 12));
    }

    [Fact]
    public void Slivers_at_the_ends_are_left_out()
    {
        Assert.Equal([2, 3], SliceChoice.Across([1, 5, 100, 80, 9], 5));
    }
}
