using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo.Context;

namespace SegBridge.Cli.Tests.Demo.Context;

public sealed class ContextReportTests
{
    [Fact]
    public void Steps_are_compared_over_all_cases_and_over_each_half()
    {
        var report = ContextReport.Of("m", "d", "p", [Case(4, 4), Case(6, 4), Case(1, 5), Case(1, 3), Case(4, 4)]);
        Assert.Equal((3.2, 4.0), (report.StepsWith, report.StepsWithout));
        Assert.Equal((5.0, 4.0), (report.FirstHalfWith, report.FirstHalfWithout));
        Assert.Equal((2.0, 4.0), (report.SecondHalfWith, report.SecondHalfWithout));
    }

    [Fact]
    public void Without_data_it_is_said_what_to_give()
    {
        var error = Assert.Throws<UserException>(() => ContextData.Open(Path.Combine(Path.GetTempPath(), "no-such-folder-of-images")));
        Assert.Equal(UserException.WrongUsage, error.ExitCode);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    private static ContextCase Case(int with, int without) => new("c", 0, null, with, 0.9, without, 0.9);
}
