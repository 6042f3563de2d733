using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate;

/// <summary>The last line of <c>evaluate --json</c>; the names and their order are a promise.</summary>
/// <param name="Model">Bundle that answered.</param>
/// <param name="Protocol">Who prompted.</param>
/// <param name="Dataset">Name of the data.</param>
/// <param name="Split">Which part of them.</param>
/// <param name="Cases">Objects.</param>
/// <param name="Dice">Mean over the objects after each step.</param>
/// <param name="DiceLow">Lower end of its 95 % bootstrap interval.</param>
/// <param name="DiceHigh">Upper end.</param>
/// <param name="Noi90">Mean number of steps until Dice 0.90; an object that does not get there counts all steps.</param>
/// <param name="Reached90">Share of the objects that get there.</param>
/// <param name="Hd95">Mean after the last step, mm, over the objects that have a mask; null when none has.</param>
/// <param name="Nsd">Mean after the last step.</param>
/// <param name="NsdToleranceMm">Its tolerance.</param>
/// <param name="MsPerStep">Mean milliseconds of a step in the server.</param>
/// <param name="LargestFall">Largest fall of the mean Dice from one step to the next; 0 when it never falls.</param>
/// <param name="LargestFallOfCase">The same of the Dice of any one object.</param>
internal sealed record EvaluationSummary(
    string Model,
    string Protocol,
    string Dataset,
    string Split,
    int Cases,
    IReadOnlyList<double> Dice,
    IReadOnlyList<double> DiceLow,
    IReadOnlyList<double> DiceHigh,
    double Noi90,
    double Reached90,
    double? Hd95,
    double Nsd,
    double NsdToleranceMm,
    double MsPerStep,
    double LargestFall,
    double LargestFallOfCase)
{
    private const double Good = 0.9;

    /// <param name="model">Bundle that answered.</param>
    /// <param name="dataset">Name of the data.</param>
    /// <param name="settings">What was played.</param>
    /// <param name="steps">At least one, and all steps of each object.</param>
    public static EvaluationSummary Of(string model, string dataset, EvaluationSettings settings, IReadOnlyList<EvaluatedStep> steps)
    {
        var objects = steps.GroupBy(step => step.Case).Select(group => group.OrderBy(step => step.Step).ToArray()).ToArray();
        var intervals = Intervals(steps, settings.Seed);
        var last = objects.Select(played => played[^1]).ToArray();
        var distances = last.Select(step => step.Hd95).OfType<double>().ToArray();
        var sent = steps.Where(step => step.Prompts > 0).ToArray();
        return new EvaluationSummary(
            model,
            settings.Protocol,
            dataset,
            settings.Split,
            objects.Length,
            [.. intervals.Select(interval => Math.Round(interval.Mean, 4))],
            [.. intervals.Select(interval => Math.Round(interval.Low, 4))],
            [.. intervals.Select(interval => Math.Round(interval.High, 4))],
            Math.Round(objects.Average(played => played.FirstOrDefault(step => step.Dice >= Good)?.Step ?? played.Length), 3),
            Math.Round(objects.Average(played => played.Any(step => step.Dice >= Good) ? 1.0 : 0), 4),
            distances.Length == 0 ? null : Math.Round(distances.Average(), 3),
            Math.Round(last.Average(step => step.Nsd), 4),
            EvaluationRun.ToleranceMm,
            Math.Round(sent.Average(step => step.ServerMs), 2),
            Math.Round(LargestFallIn(intervals.Select(interval => interval.Mean)), 4),
            Math.Round(objects.Max(played => LargestFallIn(played.Select(step => step.Dice))), 4));
    }

    /// <summary>Mean Dice after each step, with its interval.</summary>
    public static IReadOnlyList<MeanInterval> Intervals(IEnumerable<EvaluatedStep> steps, int seed) =>
        [.. steps.GroupBy(step => step.Step).OrderBy(group => group.Key).Select(group => Bootstrap.MeanOf([.. group.Select(step => step.Dice)], seed))];

    private static double LargestFallIn(IEnumerable<double> values)
    {
        var series = values.ToArray();
        return series.Zip(series.Skip(1), (before, after) => Math.Max(0, before - after)).DefaultIfEmpty(0).Max();
    }
}
