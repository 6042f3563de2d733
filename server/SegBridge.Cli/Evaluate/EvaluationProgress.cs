using System.Diagnostics;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Results;
using SegBridge.Cli.Metrics;
using Spectre.Console;

namespace SegBridge.Cli.Evaluate;

/// <summary>
/// The evaluation as it goes, on standard error: how much is done, how long the rest will take and, where a person watches,
/// the mean Dice so far; else one line for each object when it is done.
/// </summary>
internal sealed class EvaluationProgress(Terminal terminal, EvaluationSettings settings, StepLog log)
{
    private const int MostColumns = 12;
    private static readonly TimeSpan RedrawAfter = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _clock = new();
    private readonly List<EvaluatedStep> _object = [];
    private double _before;

    /// <param name="work">Reports each step (null: what was finished by an earlier run) and the share that is done.</param>
    public async Task ShowAsync(Func<Action<EvaluatedStep?, double>, Task> work)
    {
        if (!terminal.IsLive)
        {
            await work((step, done) =>
            {
                Count(step, done);
                SayWhenFinished(step, done);
            });
            return;
        }

        var drawn = Stopwatch.StartNew();
        await terminal.People.Live(new Text("opening the first case")).AutoClear(true).StartAsync(context => work((step, done) =>
        {
            Count(step, done);
            if (step is not null && drawn.Elapsed > RedrawAfter)
            {
                context.UpdateTarget(Means().Caption($"{State(done)}  {Markup.Escape($"{step.Dataset}, {step.Case}, step {step.Step}")}"));
                context.Refresh();
                drawn.Restart();
            }
        }));
    }

    // What was finished before took no time of this run.
    private void Count(EvaluatedStep? step, double done)
    {
        if (step is null)
        {
            _before = _clock.IsRunning ? _before : done;
        }
        else if (!_clock.IsRunning)
        {
            _clock.Start();
        }
    }

    private void SayWhenFinished(EvaluatedStep? step, double done)
    {
        if (step is null)
        {
            return;
        }

        _object.Add(step);
        if (step.Step == settings.Steps)
        {
            terminal.Say($"{State(done),-18}  {step.Model}  {step.Dataset}  {step.Case}  {string.Join(' ', _object.Select(one => NumberText.Share(one.Dice)))}");
            _object.Clear();
        }
    }

    private string State(double done)
    {
        var share = done - _before;
        var left = share > 0 ? _clock.Elapsed * ((1 - done) / share) : (TimeSpan?)null;
        return FormattableString.Invariant($"{100 * done:0} %, {(left is { } time ? TimeText(time) + " left" : "…")}");
    }

    private static string TimeText(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1.5 } => NumberText.Whole(Math.Ceiling(time.TotalSeconds)) + " s",
        { TotalHours: < 1.5 } => NumberText.Whole(time.TotalMinutes) + " min",
        _ => NumberText.Tenths(time.TotalHours) + " h",
    };

    private Table Means()
    {
        var steps = Enumerable.Range(1, settings.Steps).Where(step => settings.Steps <= MostColumns || step == 1 || step == settings.Steps || step % 2 == 0).Take(MostColumns).ToArray();
        var table = new Table().RoundedBorder();
        table.AddColumn("mean Dice after step");
        foreach (var step in steps)
        {
            table.AddColumn(new TableColumn(NumberText.Whole(step)).RightAligned());
        }

        foreach (var model in log.Steps.GroupBy(step => step.Model))
        {
            table.AddRow([
                Markup.Escape(model.Key),
                .. steps.Select(number => HierarchicalMean.Of(model.Where(step => step.Step == number).Select(step => (step.Place, step.Dice))) is { } mean ? NumberText.Share(mean) : ""),
            ]);
        }

        return table;
    }
}
