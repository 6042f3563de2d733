using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Results;
using Spectre.Console;

namespace SegBridge.Cli.Evaluate;

/// <summary>The results as tables of the terminal.</summary>
internal static class ResultTables
{
    /// <summary>Means after each step, and what it costs.</summary>
    public static Table Of(EvaluationSummary summary, IReadOnlyList<EvaluatedStep> steps)
    {
        var table = new Table().RoundedBorder();
        foreach (var title in (string[])["step", "mean Dice", "95 % interval", "lowest", "NSD", "confidence", "ms server", "up", "down"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (var group in steps.Where(step => step.Step > 0).GroupBy(step => step.Step).OrderBy(group => group.Key))
        {
            var (n, sent) = (group.Key - 1, group.Where(step => step.IsSent).ToArray());
            string Sent(Func<EvaluatedStep, double> value, Func<double, string> text) => sent.Length == 0 ? "-" : text(sent.Average(value));
            table.AddRow(
                NumberText.Whole(group.Key),
                NumberText.Share(summary.Dice[n]),
                $"{NumberText.Share(summary.DiceLow[n])} to {NumberText.Share(summary.DiceHigh[n])}",
                NumberText.Share(group.Min(step => step.Dice)),
                NumberText.Share(group.Average(step => step.Nsd)),
                Sent(step => step.Confidence, NumberText.Share),
                Sent(step => step.ServerMs, NumberText.Whole),
                Sent(step => step.BytesUp, bytes => ByteText.Of((long)bytes)),
                Sent(step => step.BytesDown, bytes => ByteText.Of((long)bytes)));
        }

        return table;
    }

    /// <summary>What the table does not say.</summary>
    public static string InWords(EvaluationSummary summary)
    {
        var goals = string.Join("; ", summary.Noi.Zip(summary.Failures).Select(goal => FormattableString.Invariant(
            $"{goal.First.Mean:0.00} steps to Dice {goal.First.Dice:0.00} ({100 * goal.Second.Share:0} % never)")));
        var best = summary.BestCandidateRate is { } rate ? FormattableString.Invariant($"; the best of several proposals chosen in {100 * rate:0} % of the steps") : "";
        return FormattableString.Invariant(
            $"{summary.Model}: {summary.Cases} object(s) of {summary.Subjects} subject(s); {goals}; HD95 {summary.Hd95:0.0} mm; calibration error {summary.CalibrationError:0.000}{best}; largest fall from one step to the next {summary.LargestFall:0.000} of the mean, {summary.LargestFallOfCase:0.000} of one object");
    }

    /// <summary>The paired differences of B to A in one sentence.</summary>
    public static string InWords(Comparison comparison)
    {
        static string Text(Difference d) => FormattableString.Invariant($"{d.Mean:+0.0000;-0.0000;0} ({d.Low:0.0000} to {d.High:0.0000})");
        return $"{comparison.Compare[1]} against {comparison.Compare[0]} on the same {comparison.Cases} object(s): Dice {Text(comparison.Dice[0])} after the first step, {Text(comparison.Dice[^1])} after the last; steps to 0.90 {Text(comparison.Noi90)}; ms a step {Text(comparison.MsPerStep)}";
    }
}
