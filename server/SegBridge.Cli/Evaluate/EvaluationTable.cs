using System.Globalization;
using SegBridge.Cli.CommandLine;
using Spectre.Console;

namespace SegBridge.Cli.Evaluate;

/// <summary>
/// The evaluation as it goes: one line for each object when it is done and, where a person watches, the mean after each
/// step so far, redrawn with every step.
/// </summary>
internal sealed class EvaluationTable(Terminal terminal, EvaluationSettings settings)
{
    private readonly List<EvaluatedStep> _steps = [];

    public async Task ShowAsync(Func<Action<EvaluatedStep>, Task> work)
    {
        if (!terminal.IsLive)
        {
            await work(step => Add(step));
            return;
        }

        await terminal.People.Live(Means().Caption("opening the first case")).AutoClear(true).Overflow(VerticalOverflow.Visible).StartAsync(context => work(step =>
        {
            Add(step);
            context.UpdateTarget(Means().Caption($"{step.Case}, step {step.Step}; {_steps.Count(one => one.Step == 1)} object(s) so far"));
            context.Refresh();
        }));
    }

    /// <summary>Mean Dice with its interval, and what a step costs, for all steps so far.</summary>
    public Table Means()
    {
        var table = new Table().RoundedBorder();
        foreach (var title in (string[])["step", "mean Dice", "95 % interval", "lowest", "NSD", "confidence", "ms server", "up"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        var intervals = EvaluationSummary.Intervals(_steps, settings.Seed);
        foreach (var group in _steps.GroupBy(step => step.Step).OrderBy(group => group.Key))
        {
            var interval = intervals[group.Key - 1];
            var sent = group.Where(step => step.Prompts > 0).ToArray();
            table.AddRow(
                Text(group.Key, "0"),
                Text(interval.Mean, "0.000"),
                $"{Text(interval.Low, "0.000")} to {Text(interval.High, "0.000")}",
                Text(group.Min(step => step.Dice), "0.000"),
                Text(group.Average(step => step.Nsd), "0.000"),
                Text(group.Average(step => step.Confidence), "0.000"),
                sent.Length == 0 ? "-" : Text(sent.Average(step => step.ServerMs), "0"),
                ByteText.Of((long)group.Average(step => step.BytesUp)));
        }

        return table;
    }

    private void Add(EvaluatedStep step)
    {
        _steps.Add(step);
        if (step.Step == settings.Steps)
        {
            terminal.Say($"{settings.Split}  {step.Case,-16}  {string.Join(' ', _steps.TakeLast(settings.Steps).Select(one => Text(one.Dice, "0.000")))}");
        }
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
