using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Report;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate;

/// <summary>A whole evaluation: plays, shows, sums up, and writes what was asked for.</summary>
internal sealed class Evaluation(IReadOnlyList<Arm> arms, EvaluationUnits units, EvaluationSettings settings, StepLog log, Terminal terminal)
{
    /// <param name="report">Where the page goes, a Markdown table where the name ends with .md; null for none.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    /// <exception cref="UserException">There was nothing to play.</exception>
    public async Task RunAsync(string? report, CancellationToken cancellationToken)
    {
        var names = string.Join(" and ", arms.Select(arm => arm.Name));
        var people = new Terminal(json: true);
        people.Say($"{string.Join(", ", units.Datasets.Select(dataset => dataset.Name))}: {units.Cases} {settings.Split} case(s), {settings.Protocol.Name}, {settings.Steps} step(s), {names}, seed {settings.Seed}{(settings.Seeds > 1 ? $" and {settings.Seeds - 1} more" : "")}");
        if (log.Steps.Count > 0)
        {
            people.Say($"going on after {PlayedObject.Of(log.Steps).Count} finished object(s)");
        }

        var run = new EvaluationRun(arms, units, settings, log);
        await new EvaluationProgress(people, settings, log).ShowAsync(show => run.PlayAsync(
            (step, done) =>
            {
                show(step, done);
                if (step is not null && terminal.Json)
                {
                    terminal.Results.WriteLine(JsonText.Of(step));
                }
            },
            cancellationToken));
        if (log.Steps.Count == 0)
        {
            throw new UserException(
                $"the {settings.Split} cases have nothing for {settings.Protocol.Name} to prompt on: their labels are empty, {(settings.Protocol.IsForVolumes ? "or they are single slices" : settings.Protocol.IsGiven ? "or nobody scribbled on them" : "or less than 10 pixels at 128 × 128")}");
        }

        var results = new EvaluationResults(arms, settings, log.Steps);
        Show(results);
        if (report is not null && EvaluationSettings.IsMarkdown(report))
        {
            await File.WriteAllTextAsync(report, MarkdownReport.Of(results), cancellationToken);
            people.Say($"report: {report}");
        }
        else if (report is not null)
        {
            var pictures = new List<ReportPictures>();
            foreach (var arm in arms)
            {
                var shown = ReportPictures.Choose(results.ObjectsOf(arm));
                pictures.Add(shown.With(await run.PicturesAsync(arm, shown.Keys, cancellationToken)));
            }

            await File.WriteAllTextAsync(report, ReportPage.Of(results, pictures), cancellationToken);
            people.Say($"report: {report}");
        }
    }

    private void Show(EvaluationResults results)
    {
        foreach (var (arm, summary) in arms.Zip(results.Summaries))
        {
            if (arms.Count > 1)
            {
                terminal.Say(arm.Name);
            }

            terminal.People.Write(ResultTables.Of(summary, results.StepsOf(arm)));
            terminal.Say(ResultTables.InWords(summary));
        }

        if (results.Comparison is { } comparison)
        {
            terminal.Say(ResultTables.InWords(comparison));
        }

        if (terminal.Json)
        {
            foreach (var summary in results.Summaries)
            {
                terminal.Results.WriteLine(JsonText.Of(summary));
            }

            if (results.Comparison is not null)
            {
                terminal.Results.WriteLine(JsonText.Of(results.Comparison));
            }
        }
    }
}
