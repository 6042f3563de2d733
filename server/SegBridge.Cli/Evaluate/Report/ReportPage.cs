using System.Globalization;
using System.Net;
using System.Text;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>The evaluation as one page that asks nothing of any server: curves as inline SVG, pictures as data.</summary>
internal static class ReportPage
{
    /// <param name="results">What came out.</param>
    /// <param name="pictures">One for each arm.</param>
    public static string Of(EvaluationResults results, IReadOnlyList<ReportPictures> pictures)
    {
        var settings = results.Settings;
        var title = $"{settings.Protocol.Name}: {string.Join(" and ", results.Arms.Select(arm => arm.Name))}";
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(title)}</h1>{Lead(results)}");
        foreach (var summary in results.Summaries)
        {
            body.Append(results.Arms.Count > 1 ? $"<h3>{Encode(summary.Model)}</h3>" : "").Append(Tiles(summary));
        }

        Section(body, "Dice after each step", ReportCharts.Dice(results), results, arm => ReportTables.Steps(results, arm));
        Section(body, "How much it takes", ReportTables.Goals(results));
        if (settings.Protocol.IsSeries)
        {
            Section(body, "Along the series", $"<p>Steps of prompts until Dice 0.90, by place in the series. {Encode(SeriesInWords(results))}</p>{ReportCharts.Series(results)}");
        }

        if (results.Comparison is { } comparison)
        {
            Section(
                body,
                $"{comparison.Compare[1]} against {comparison.Compare[0]}",
                $"<p>What {Encode(comparison.Compare[1])} has more, on the same {comparison.Cases} objects with the same seeds, as a mean of the differences of each object.</p>{ReportTables.Differences(comparison)}");
        }

        Section(body, "By data set and label", "", results, arm => ReportTables.Labels(results, arm));
        Section(
            body,
            "Can confidence be believed?",
            $"<p>On the dashed line predicted and measured Dice agree. Expected calibration error: {Encode(string.Join("; ", results.Summaries.Select(summary => $"{summary.Model} {ReportTables.Text(summary.CalibrationError, "0.000")}")))}.</p>{ReportCharts.Reliability(results)}");
        Section(body, "Best, median and worst", "<p>By Dice after the last step; volumes on the slice with most of the object.</p>", results, arm => pictures[results.Arms.ToList().IndexOf(arm)].Html());
        Section(body, "What the words mean", Words(settings));
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Encode(title)}</title>
            <style>
            {ReportStyle.Css}
            </style></head>
            <body>
            {body}
            </body></html>

            """;
    }

    private static string Lead(EvaluationResults results)
    {
        var (settings, summary) = (results.Settings, results.Summaries[0]);
        var models = string.Join(", ", results.Arms.Select(arm => $"{arm.Model.Id} {arm.Model.Version}{(arm.Name == arm.Model.Id ? "" : $" on {arm.Name}")}"));
        var seeds = settings.Seeds == 1 ? $"seed {settings.Seed}" : $"seeds {settings.Seed} to {settings.Seed + settings.Seeds - 1}";
        return $"<p class=\"soft\">{Encode($"{models}; {summary.Dataset.Replace(",", ", ", StringComparison.Ordinal)} ({settings.Split}); {summary.Cases} objects of {summary.Subjects} subjects, {settings.Steps} step(s), {seeds}; SegBridge {ProductVersion.Text}, {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}")}</p>";
    }

    private static string Tiles(EvaluationSummary summary)
    {
        var tiles = new List<(string Value, string What)>
        {
            (ReportTables.Text(summary.Dice[0], "0.000"), $"mean Dice after step 1 ({ReportTables.Interval(summary.DiceLow[0], summary.DiceHigh[0], "0.000")})"),
            (ReportTables.Text(summary.Dice[^1], "0.000"), $"after step {summary.Dice.Count} ({ReportTables.Interval(summary.DiceLow[^1], summary.DiceHigh[^1], "0.000")})"),
            (ReportTables.Text(summary.Noi90, "0.0"), $"steps to Dice 0.90; {ReportTables.Text(100 * summary.Failures[^1].Share, "0")} % never get there"),
            (ReportTables.Text(summary.Nsd, "0.000"), $"of the surface within {ReportTables.Text(summary.NsdToleranceMm, "0.##")} mm in the end"),
            (ReportTables.Text(summary.MsPerStep, "0") + " ms", $"a step in the server, {ReportTables.Text(summary.TotalMsPerStep, "0")} ms in all"),
        };
        if (summary.BestCandidateRate is { } rate)
        {
            tiles.Add((ReportTables.Text(100 * rate, "0") + " %", "of the steps the server chose the best of several proposals"));
        }

        return $"<div class=\"tiles\">{string.Concat(tiles.Select(tile => $"<div class=\"tile\"><b>{Encode(tile.Value)}</b><span>{Encode(tile.What)}</span></div>"))}</div>";
    }

    private static string SeriesInWords(EvaluationResults results) => string.Join(" ", results.Summaries.Select(summary =>
    {
        var series = summary.Series!;
        var proposals = series.Proposal.OfType<double>().ToArray();
        var proposed = proposals.Length == 0 ? "" : $", proposals before any prompt of Dice {ReportTables.Text(proposals.Average(), "0.000")}";
        return $"{summary.Model}: {ReportTables.Text(series.TotalInteractions, "0.0")} steps for a whole series{proposed}, on average of {series.Series} series.";
    }));

    private static void Section(StringBuilder body, string title, string content, EvaluationResults? results = null, Func<Arm, string>? each = null)
    {
        body.Append(CultureInfo.InvariantCulture, $"<section><h2>{Encode(title)}</h2>{content}");
        foreach (var arm in results?.Arms ?? [])
        {
            body.Append(results!.Arms.Count > 1 ? $"<h3>{Encode(arm.Name)}</h3>" : "").Append(each!(arm));
        }

        body.Append("</section>\n");
    }

    private static string Words(EvaluationSettings settings) => $"""
        <dl>
        <dt>Means and intervals</dt><dd>Over what a subject has of a label first, then over subjects, labels and data sets, so that none counts more for having more images. 95 % intervals by drawing subjects with replacement (2,000 times).</dd>
        <dt>Steps to a Dice, prompts</dt><dd>An object that never gets there counts all its steps (NoI) and prompts (NoC): clicks, the box, and the scribbles of one kind in a step as one.</dd>
        <dt>HD95</dt><dd>The larger of both surfaces' 95th percentiles of the distance to the other, over the objects that have a mask; in pixels where an image has no spacing.</dd>
        <dt>NSD</dt><dd>The share of both surfaces within {ReportTables.Text(settings.ToleranceMm, "0.##")} mm of the other; 0 without a mask.</dd>
        <dt>Volume error</dt><dd>By what share of the true volume (on slices: area) the mask is too large or too small.</dd>
        <dt>Confidence</dt><dd>Dice as the model predicted it. The calibration error is its mean distance from the measured Dice over ten ranges of confidence, weighted by their steps.</dd>
        <dt>ms and bytes</dt><dd>Over the steps that were sent; the first one of an object brings its voxels along.{(settings.Candidates ? " Where a model makes several proposals all were asked for, which costs time and bytes; --only-chosen leaves them out." : "")}</dd>
        </dl>
        """;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
