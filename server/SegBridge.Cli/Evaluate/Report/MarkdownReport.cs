using System.Globalization;
using System.Text;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Results;
using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>The evaluation as a section of Markdown, such as for a model card: a table for each model, a row for each data set.</summary>
internal static class MarkdownReport
{
    /// <param name="results">What came out.</param>
    public static string Of(EvaluationResults results)
    {
        var (settings, summary) = (results.Settings, results.Summaries[0]);
        var text = new StringBuilder();
        var seeds = settings.Seeds == 1 ? $"seed {settings.Seed}" : $"seeds {settings.Seed} to {settings.Seed + settings.Seeds - 1}";
        text.Append(CultureInfo.InvariantCulture, $"""
            ### {settings.Protocol.Name}, {settings.Split}, {summary.Dataset.Split(',').Length} data set(s)

            {summary.Cases} objects of {summary.Subjects} subjects, {seeds}; SegBridge {ProductVersion.Text}. NSD within {settings.ToleranceMm} mm; settings `{settings.Signature}`.

            """);
        foreach (var arm in results.Arms)
        {
            text.Append('\n').Append(Table(results, arm));
        }

        if (results.Comparison is { } comparison)
        {
            text.Append('\n').AppendLine(ResultTables.InWords(comparison) + ".");
        }

        return text.ToString();
    }

    private static StringBuilder Table(EvaluationResults results, Arm arm)
    {
        var objects = results.ObjectsOf(arm);
        int[] shown = [.. new[] { 1, 5, 10, results.Settings.Steps }.Where(step => step <= results.Settings.Steps).Distinct()];
        var text = new StringBuilder();
        Line(text, [$"{arm.Model.Id} {arm.Model.Version}", "objects", .. shown.Select(step => $"Dice, step {step}"), "steps to 0.90", "never 0.90", "NSD", "largest fall of the mean"]);
        text.AppendLine("|---" + string.Concat(Enumerable.Repeat("|--:", shown.Length + 5)) + "|");
        Row("mean of data sets", objects);
        foreach (var dataset in objects.GroupBy(played => played.Place.Dataset))
        {
            Row(dataset.Key, [.. dataset]);
        }

        return text;

        void Row(string name, IReadOnlyList<PlayedObject> rows)
        {
            var dice = EvaluationSummary.DiceOf(rows, results.Settings.Seed);
            MeanInterval Mean(Func<PlayedObject, double?> value) => EvaluationSummary.MeanOf(rows, value, results.Settings.Seed)!.Value;
            string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
            Line(
                text,
                [
                    name,
                    Number(rows.Select(played => played.Last.Key with { Seed = 0 }).Distinct().Count(), "0"),
                    .. shown.Select(step => step > dice.Count ? "" : FormattableString.Invariant($"{dice[step - 1].Mean:0.000} [{dice[step - 1].Low:0.000}, {dice[step - 1].High:0.000}]")),
                    Number(Mean(played => played.StepsTo(0.90)).Mean, "0.0"),
                    Number(Mean(played => played.Reaches(0.90) ? 0 : 100).Mean, "0") + " %",
                    Number(Mean(played => played.Last.Nsd).Mean, "0.000"),
                    Number(EvaluationSummary.LargestFallIn(dice.Select(mean => mean.Mean)), "0.000"),
                ]);
        }
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendLine("| " + string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))) + " |");
}
