using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo.Slices;
using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Tests.Demo.Slices;

public sealed class SliceDemoReportTests
{
    [Fact]
    public void A_step_is_the_mean_over_the_slices_and_the_sum_of_prompts_and_bytes()
    {
        var report = SliceDemoReport.Of("m", "c", [Record(3, 1, 2, 0.5, 10, 100), Record(9, 1, 2, 0.7, 30, 300), Record(3, 2, 1, 0.8, 8, 50), Record(9, 2, 1, 1, 4, 60)], 1000, 510);
        Assert.Equal(new SliceDemoReportStep(1, 4, 0.6, 0.9, 20, 40, 400, 14), report.Steps[0]);
        Assert.Equal(0.9, report.FinalDice, 12);
    }

    [Fact]
    public void A_slice_with_nothing_to_correct_keeps_its_Dice_and_stays_out_of_the_times()
    {
        var report = SliceDemoReport.Of("m", "c", [Record(3, 2, 0, 1, 0, 0), Record(9, 2, 1, 0.6, 30, 300)], 1, 1);
        var step = Assert.Single(report.Steps);
        Assert.Equal((0.8, 30.0, 1), (step.Dice, step.ServerMs, step.Prompts));
    }

    [Fact]
    public void The_line_of_JSON_has_exactly_the_promised_names()
    {
        var text = JsonText.Of(SliceDemoReport.Of("m", "c", [Record(3, 1, 2, 0.5, 10, 100)], 1000, 510));
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            ["model", "case", "steps", "final_dice", "volume_bytes", "sent_bytes"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["step", "prompts", "dice", "confidence", "server_ms", "total_ms", "bytes_up", "bytes_down"],
            json.RootElement.GetProperty("steps")[0].EnumerateObject().Select(p => p.Name));
    }

    private static SliceStepRecord Record(int slice, int step, int prompts, double dice, double ms, long up)
    {
        var map = new SliceMap(1, 1);
        return new SliceStepRecord(slice, step, prompts, dice, 0.9, ms, 2 * ms, up, 7, (map, map), map);
    }
}
