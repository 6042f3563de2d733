using System.Diagnostics;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

public sealed class LapsTests
{
    [Fact]
    public void Every_moment_belongs_to_one_part()
    {
        var before = Stopwatch.GetTimestamp();
        var laps = new Laps();
        var inside = Stopwatch.GetTimestamp();
        Thread.Sleep(2);
        laps.End("a");
        laps.End("b");
        Thread.Sleep(2);
        laps.End("a");
        var least = Stopwatch.GetElapsedTime(inside).TotalMilliseconds;

        Assert.Equal(["a", "b"], laps.Parts.Select(lap => lap.Part));
        Assert.InRange(laps.Parts.Sum(lap => lap.Ms), least * 0.5, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        Assert.True(laps.Parts[0].Ms >= 4);
    }

    [Fact]
    public void Parts_measured_elsewhere_are_taken_out_of_the_time_that_they_passed_in()
    {
        var laps = new Laps();
        Thread.Sleep(3);
        laps.End("rest", [new Lap("network", 1), new Lap("queue", 0.5)]);

        Assert.Equal([new Lap("network", 1), new Lap("queue", 0.5)], laps.Parts.Take(2));
        Assert.Equal("rest", laps.Parts[2].Part);
        Assert.True(laps.Parts[2].Ms >= 1.5);
    }

    [Fact]
    public void A_restart_forgets_what_was()
    {
        var laps = new Laps();
        laps.End("a");
        laps.Restart();
        laps.End("b");

        Assert.Equal(["b"], laps.Parts.Select(lap => lap.Part));
    }
}
