using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate;

namespace SegBridge.Cli.Tests.Evaluate;

public sealed class EvaluationSummaryTests
{
    private static readonly EvaluationSettings Settings = new("d", "train", "prism-plain", null, 3, null, 1);

    [Fact]
    public void Means_falls_and_steps_to_good_are_taken_over_the_objects()
    {
        var summary = EvaluationSummary.Of("m", "set", Settings, [.. Played("a", 0.5, 0.95, 0.90), .. Played("b", 0.7, 0.65, 0.8)]);
        Assert.Equal([0.6, 0.8, 0.85], summary.Dice);
        Assert.Equal((2, 2.5, 0.5), (summary.Cases, summary.Noi90, summary.Reached90));
        Assert.Equal((0.0, 0.05), (summary.LargestFall, summary.LargestFallOfCase));
        Assert.All(summary.Dice.Zip(summary.DiceLow), pair => Assert.True(pair.Second <= pair.First));
        Assert.All(summary.Dice.Zip(summary.DiceHigh), pair => Assert.True(pair.Second >= pair.First));
        Assert.Equal(0.1, EvaluationSummary.Of("m", "set", Settings, [.. Played("a", 0.5, 0.8, 0.7)]).LargestFall);
    }

    [Fact]
    public void A_step_without_prompts_takes_no_part_in_the_times()
    {
        EvaluatedStep[] steps = [Step("a", 1, 1, 0.9), Step("a", 2, 0, 0.9) with { ServerMs = 0 }];
        Assert.Equal(20, EvaluationSummary.Of("m", "set", Settings, steps).MsPerStep);
    }

    [Fact]
    public void The_last_line_of_JSON_has_exactly_the_promised_names()
    {
        var text = JsonText.Of(EvaluationSummary.Of("m", "set", Settings, [.. Played("a", 0.5, 0.6, 0.7)]));
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            [
                "model", "protocol", "dataset", "split", "cases", "dice", "dice_low", "dice_high", "noi90", "reached90", "hd95", "nsd",
                "nsd_tolerance_mm", "ms_per_step", "largest_fall", "largest_fall_of_case",
            ],
            json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    private static IEnumerable<EvaluatedStep> Played(string name, params double[] dice) => dice.Select((value, n) => Step(name, n + 1, 1, value));

    private static EvaluatedStep Step(string name, int step, int prompts, double dice) => new(name, "train", step, prompts, dice, 4, 0.5, 0.8, 20, 30, 100, 10);
}
