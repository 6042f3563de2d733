using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate;
using SegBridge.Cli.Evaluate.Protocols;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Tests.Evaluate;

public sealed class EvaluationSummaryTests
{
    private static readonly EvaluationSettings Settings = new() { Protocol = Protocol.Named("prism-plain"), Split = "train", Steps = 3 };

    [Fact]
    public void Means_falls_and_steps_to_good_are_taken_over_the_objects()
    {
        var summary = EvaluationSummary.Of("m", Settings, [.. Played("a", 0.5, 0.95, 0.90), .. Played("b", 0.7, 0.65, 0.8)]);
        Assert.Equal([0.6, 0.8, 0.85], summary.Dice);
        Assert.Equal((2, 2.5, 0.5), (summary.Cases, summary.Noi90, summary.Failures[^1].Share));
        Assert.Equal([2.5, 2.5, 2.5], summary.Noi.Select(goal => goal.Mean));
        Assert.Equal(0.0, summary.Failures[0].Share);
        Assert.Equal((0.0, 0.05), (summary.LargestFall, summary.LargestFallOfCase));
        Assert.All(summary.Dice.Zip(summary.DiceLow), pair => Assert.True(pair.Second <= pair.First));
        Assert.All(summary.Dice.Zip(summary.DiceHigh), pair => Assert.True(pair.Second >= pair.First));
        Assert.Equal(0.1, EvaluationSummary.Of("m", Settings, [.. Played("a", 0.5, 0.8, 0.7)]).LargestFall);
    }

    [Fact]
    public void A_step_without_prompts_takes_no_part_in_the_times()
    {
        EvaluatedStep[] steps = [Step("a", 1, 1, 0.9), Step("a", 2, 0, 0.9) with { ServerMs = 0, TotalMs = 0 }];
        Assert.Equal(20, EvaluationSummary.Of("m", Settings, steps).MsPerStep);
    }

    [Fact]
    public void Prompts_to_good_count_every_prompt_and_an_object_that_never_gets_there_all_of_them()
    {
        EvaluatedStep[] steps = [Step("a", 1, 6, 0.5), Step("a", 2, 1, 0.91), Step("a", 3, 1, 0.95), Step("b", 1, 6, 0.5), Step("b", 2, 1, 0.6), Step("b", 3, 1, 0.7)];
        Assert.Equal(7.5, EvaluationSummary.Of("m", Settings, steps).Noc[^1].Mean);
    }

    [Fact]
    public void Series_count_from_what_was_proposed_before_any_prompt()
    {
        EvaluatedStep[] steps =
        [
            .. Played("a", 0.5, 0.95, 0.95).Select(step => step with { Index = 0, Prompts = step.Step < 3 ? 1 : 0, TotalMs = step.Step < 3 ? 1 : 0 }),
            Step("b", 0, 0, 0.92) with { Index = 1 },
            .. Played("b", 0.92, 0.92, 0.92).Select(step => step with { Index = 1, Prompts = 0, TotalMs = 0 }),
        ];
        var summary = EvaluationSummary.Of("m", Settings with { Protocol = Protocol.Named("in-context") }, steps);
        Assert.Equal([2.0, 0.0], summary.Series!.Noi90);
        Assert.Equal([null, 0.92], summary.Series.Proposal);
        Assert.Equal((1, 2.0), (summary.Series.Series, summary.Series.TotalInteractions));
    }

    [Fact]
    public void Differences_are_those_of_the_same_objects_only()
    {
        var both = Played("a", 0.5, 0.6, 0.7).Concat(Played("b", 0.9, 0.9, 0.9)).Concat(Played("a", 0.6, 0.8, 0.9).Select(step => step with { Model = "n" }));
        var comparison = Comparison.Of("m", "n", Settings, [.. both]);
        Assert.Equal(1, comparison.Cases);
        Assert.Equal([0.1, 0.2, 0.2], comparison.Dice.Select(difference => difference.Mean));
        Assert.Equal((0.0, -0.0), (comparison.Noi90.Mean, comparison.Nsd.Mean));
    }

    [Fact]
    public void The_last_line_of_JSON_begins_with_the_promised_names()
    {
        var text = JsonText.Of(EvaluationSummary.Of("m", Settings, [.. Played("a", 0.5, 0.6, 0.7)]));
        Assert.DoesNotContain('\n', text);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            ["model", "protocol", "dataset", "cases", "dice", "noi90", "hd95", "nsd", "ms_per_step"],
            json.RootElement.EnumerateObject().Select(p => p.Name).Take(9));
        Assert.Contains("dice_low", json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    private static IEnumerable<EvaluatedStep> Played(string name, params double[] dice) => dice.Select((value, n) => Step(name, n + 1, 1, value));

    private static EvaluatedStep Step(string name, int step, int prompts, double dice) =>
        new("m", "set", name, name, "label 1", "train", 1, null, step, prompts, dice, 0.4, 4, 0.5, 0.1, 0.8, null, 20, 30, 100, 10);
}
