using SegBridge.Cli.Bench.Report;

namespace SegBridge.Cli.Tests.Bench;

public sealed class BenchRowTests
{
    [Theory]
    [InlineData(1.1, 1.15, false, true, false)]
    [InlineData(2, 1.15, false, false, false)]
    [InlineData(2.4, 1.15, false, false, true)]
    [InlineData(1.4, 1.3, true, true, false)]
    [InlineData(1, 1.3, true, false, false)]
    [InlineData(0.6, 1.3, true, false, true)]
    public void A_ratio_is_far_off_beyond_twice_its_budget(double value, double limit, bool atLeast, bool met, bool farOff)
    {
        var row = BenchRow.Of("ratio", [value], "x", new Budget(limit, atLeast));

        Assert.Equal((met, farOff), (row.Met, row.IsFarOff));
    }

    [Fact]
    public void A_time_is_never_far_off_and_what_has_no_budget_is_neither_met_nor_missed()
    {
        Assert.False(BenchRow.Of("time", [1000], BenchRow.Ms, new Budget(2)).IsFarOff);
        var free = BenchRow.Of("size", [1000], "B");
        Assert.Null(free.Met);
        Assert.False(free.IsFarOff);
    }

    [Fact]
    public void A_row_holds_the_median_and_the_tenths_beside_it()
    {
        var row = BenchRow.Of("x", [.. Enumerable.Range(0, 101).Select(n => (double)(100 - n))], "B");

        Assert.Equal((50, 10, 90), (row.Median, row.P10, row.P90));
    }

    [Fact]
    public void Markdown_has_a_table_for_each_section()
    {
        var text = BenchReport.MarkdownOf(
            [new BenchSection("Clicks", [BenchRow.Of("a | b", [1.5, 1.5], "x", new Budget(1.15))], "Of two."), new BenchSection("Masks", [])]);

        Assert.Contains("### Clicks\n\n| what | median | 10 % .. 90 % | budget |  |\n|---|---|---|---|---|\n| a \\| b | 1.5 x |  | ≤ 1.15 x | NOT met |\n\nOf two.\n", text, StringComparison.Ordinal);
        Assert.Contains("### Masks\n", text, StringComparison.Ordinal);
    }
}
