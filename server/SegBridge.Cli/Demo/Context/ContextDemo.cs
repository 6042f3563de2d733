using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Demo.Context;

/// <summary><c>demo --family context</c>: a series of like cases, each finished one helping those after it.</summary>
internal sealed class ContextDemo(DemoSettings settings, Terminal terminal) : DemoFamily
{
    private const int UsualSteps = 10;
    private const string Split = "validation";

    private static readonly (string Title, int Width)[] Columns =
    [
        ("case", 26), ("examples", 8), ("proposed", 8), ("steps with", 10), ("Dice", 5), ("steps without", 13), ("Dice", 5),
    ];

    private readonly Dataset _data = ContextData.Open(settings.Data);
    private readonly string _protocol = settings.Protocol ?? "center-clicks";

    public override IReadOnlyList<string> ServerOptions(string scratch) => ["--task-folder", Path.Combine(scratch, "tasks"), "--no-journal"];

    public override async Task PlayAsync(ServerLease lease, CancellationToken cancellationToken)
    {
        var model = await ModelChoice.ChooseAsync(
            lease.Connection, settings.Model, model => model.UsesContext, "models that learn from context", cancellationToken);
        var run = new ContextRun(lease.Connection, model.Id, settings.Steps ?? UsualSteps, settings.Seed);
        var targets = _data.Of(Split).Take(settings.Limit).Select(TargetOf).OfType<SliceTarget>();
        terminal.Say($"{_data.Name}: {Split} cases, {_protocol} until Dice {NumberText.Share(ContextRun.Good)}, at most {settings.Steps ?? UsualSteps} steps, model {model.Id}");
        await GrowingTable.ShowAsync(
            terminal, Columns, show => run.PlayAsync(targets, $"demo {_data.Name}", played => show(Cells(played)), cancellationToken));
        if (run.Cases.Count < 2)
        {
            throw new UserException($"{_data.Name} has {run.Cases.Count} {Split} case(s) with this object; a series needs at least 2");
        }

        var report = ContextReport.Of(model.Id, _data.Name, _protocol, run.Cases);
        terminal.Say(FormattableString.Invariant(
            $"steps a case: {report.StepsWith:0.00} with context, {report.StepsWithout:0.00} without; first half of the cases {report.FirstHalfWith:0.00} and {report.FirstHalfWithout:0.00}, second half {report.SecondHalfWith:0.00} and {report.SecondHalfWithout:0.00}"));
        var sheet = Path.Combine(settings.Output, "contact-sheet.png");
        DemoFiles.WriteSheet(sheet, run.Rows, _data.Name);
        terminal.Say($"picture: {Path.GetFullPath(sheet)}");
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(report));
        }
    }

    // The slice across K with most of the object; null where the case does not show it.
    private SliceTarget? TargetOf(DatasetCase entry)
    {
        var labelled = _data.ObjectOf(entry, settings.LabelValue);
        var areas = labelled?.AreasAcrossK() ?? [0];
        var largest = Enumerable.Range(0, areas.Length).MaxBy(k => areas[k]);
        return labelled is not null && areas[largest] > 0
            ? new SliceTarget(labelled, new SlicePlane(Axis.K, largest), Radiologist.Named(_protocol))
            : null;
    }

    private static string[] Cells(ContextCase played) =>
    [
        played.Case,
        NumberText.Whole(played.Examples),
        played.Proposal is { } proposal ? NumberText.Share(proposal) : "-",
        NumberText.Whole(played.StepsWith),
        NumberText.Share(played.DiceWith),
        NumberText.Whole(played.StepsWithout),
        NumberText.Share(played.DiceWithout),
    ];
}
