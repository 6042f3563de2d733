using System.Globalization;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Results;
using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>The numbers of the report.</summary>
internal static class ReportTables
{
    /// <summary>What is measured after each step.</summary>
    public static string Steps(EvaluationResults results, Arm arm)
    {
        var summary = results.Summaries[results.Arms.ToList().IndexOf(arm)];
        var table = new HtmlTable(0, "step", "mean Dice", "95 % interval", "lowest", "IoU", "HD95 mm", "NSD", "volume error", "confidence", "ms server", "ms total", "up", "down");
        foreach (var step in results.StepsOf(arm).Where(step => step.Step > 0).GroupBy(step => step.Step).OrderBy(step => step.Key))
        {
            var (n, sent) = (step.Key - 1, step.Where(one => one.IsSent).ToArray());
            string Mean(Func<EvaluatedStep, double?> value, string format) => HierarchicalMean.Of(
                step.Where(one => value(one) is not null).Select(one => (one.Place, value(one)!.Value))) is { } mean ? Text(mean, format) : "–";
            string Sent(Func<EvaluatedStep, double> value, Func<double, string> text) => sent.Length == 0 ? "–" : text(sent.Average(value));
            table.Row(
                Text(step.Key, "0"),
                Text(summary.Dice[n], "0.000"),
                Interval(summary.DiceLow[n], summary.DiceHigh[n], "0.000"),
                Text(step.Min(one => one.Dice), "0.000"),
                Mean(one => one.Iou, "0.000"),
                Mean(one => one.Hd95, "0.0"),
                Mean(one => one.Nsd, "0.000"),
                Mean(one => Math.Abs(one.VolumeError), "0.000"),
                Sent(one => one.Confidence, value => Text(value, "0.000")),
                Sent(one => one.ServerMs, value => Text(value, "0")),
                Sent(one => one.TotalMs, value => Text(value, "0")),
                Sent(one => one.BytesUp, value => ByteText.Of((long)value)),
                Sent(one => one.BytesDown, value => ByteText.Of((long)value)));
        }

        return table.ToString();
    }

    /// <summary>The data sets and what they hold.</summary>
    public static string Labels(EvaluationResults results, Arm arm)
    {
        var table = new HtmlTable(2, "data set", "label", "objects", "subjects", "Dice, step 1", $"Dice, step {results.Settings.Steps}", "95 % interval", "steps to 0.90", "never 0.90", "NSD", "HD95 mm");
        foreach (var dataset in results.ObjectsOf(arm).GroupBy(played => played.Place.Dataset))
        {
            var labels = dataset.GroupBy(played => played.Place.Label).ToArray();
            foreach (var label in labels)
            {
                Row(dataset.Key, label.Key, [.. label]);
            }

            if (labels.Length > 1)
            {
                Row(dataset.Key, "mean of labels", [.. dataset]);
            }
        }

        return table.ToString();

        void Row(string dataset, string label, IReadOnlyList<PlayedObject> objects)
        {
            string Mean(Func<PlayedObject, double?> value, string format) =>
                EvaluationSummary.MeanOf(objects, value, results.Settings.Seed) is { } mean ? Text(mean.Mean, format) : "–";
            var last = EvaluationSummary.MeanOf(objects, played => played.Last.Dice, results.Settings.Seed)!.Value;
            table.Row(
                dataset,
                label,
                Text(objects.Select(played => played.Last.Key with { Seed = 0 }).Distinct().Count(), "0"),
                Text(objects.Select(played => played.Place.Subject).Distinct().Count(), "0"),
                Mean(played => played.Steps[0].Dice, "0.000"),
                Text(last.Mean, "0.000"),
                Interval(last.Low, last.High, "0.000"),
                Mean(played => played.StepsTo(0.90), "0.0"),
                Mean(played => played.Reaches(0.90) ? 0 : 100, "0") + " %",
                Mean(played => played.Last.Nsd, "0.000"),
                Mean(played => played.Last.Hd95, "0.0"));
        }
    }

    /// <summary>How much it took.</summary>
    public static string Goals(EvaluationResults results)
    {
        var table = new HtmlTable(1, "model", "until Dice", "steps (NoI)", "95 % interval", "prompts (NoC)", "95 % interval", "never");
        foreach (var summary in results.Summaries)
        {
            foreach (var ((steps, prompts), never) in summary.Noi.Zip(summary.Noc).Zip(summary.Failures))
            {
                table.Row(
                    summary.Model,
                    Text(steps.Dice, "0.00"),
                    Text(steps.Mean, "0.00"),
                    Interval(steps.Low, steps.High, "0.00"),
                    Text(prompts.Mean, "0.00"),
                    Interval(prompts.Low, prompts.High, "0.00"),
                    Text(100 * never.Share, "0") + " %");
            }
        }

        return table.ToString();
    }

    /// <summary>What the second has more than the first.</summary>
    public static string Differences(Comparison comparison)
    {
        var table = new HtmlTable(1, "", "difference", "95 % interval", "0 outside");
        void Row(string what, Difference? difference, string format)
        {
            if (difference is { } d)
            {
                table.Row(what, Text(d.Mean, $"+{format};−{format};0"), Interval(d.Low, d.High, format), d.IsClear ? "yes" : "no");
            }
        }

        for (var n = 0; n < comparison.Dice.Count; n++)
        {
            Row($"Dice after step {n + 1}", comparison.Dice[n], "0.0000");
        }

        Row("steps to Dice 0.90", comparison.Noi90, "0.00");
        Row("NSD after the last step", comparison.Nsd, "0.0000");
        Row("HD95 after the last step, mm", comparison.Hd95, "0.00");
        Row("ms a step in the server", comparison.MsPerStep, "0.0");
        return table.ToString();
    }

    public static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Interval(double low, double high, string format) => $"{Text(low, format)} to {Text(high, format)}".Replace('-', '−');
}
