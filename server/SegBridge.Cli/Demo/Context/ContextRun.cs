using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Play;
using SegBridge.Cli.Sheet;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo.Context;

/// <summary>
/// Plays a series of cases twice: alone, and as a task in which every finished case becomes an example for those after it.
/// With examples the model proposes a mask before any prompt; the reader then corrects what is wrong.
/// </summary>
internal sealed class ContextRun(ServerConnection connection, string model, int maxSteps, int seed)
{
    /// <summary>Dice at which the reader is content.</summary>
    public const double Good = 0.9;

    private const string Segment = "object";

    private readonly List<ContextCase> _cases = [];
    private readonly List<SheetRow> _rows = [];

    public IReadOnlyList<ContextCase> Cases => _cases;

    /// <summary>What the contact sheet shows of each case: the proposal and the mask in the end, with context.</summary>
    public IReadOnlyList<SheetRow> Rows => _rows;

    /// <param name="targets">One slice each.</param>
    /// <param name="name">Of the task.</param>
    /// <param name="report">Called after each case.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    public async Task PlayAsync(IEnumerable<SliceTarget> targets, string name, Action<ContextCase> report, CancellationToken cancellationToken)
    {
        var task = await connection.Tasks.CreateTaskAsync(new V1.CreateTaskRequest { Name = name }, cancellationToken: cancellationToken);
        try
        {
            foreach (var target in targets)
            {
                // The same chance for both, and for each case its own.
                var chance = (seed * 7919) + _cases.Count;
                var with = await PlayAsync(target, task.Id, _cases.Count, new Random(chance), cancellationToken);
                var without = await PlayAsync(target, null, 0, new Random(chance), cancellationToken);
                var played = new ContextCase(
                    target.Name, _cases.Count, Rounded(with.Proposal), with.Steps, Math.Round(with.Dice, 4), without.Steps, Math.Round(without.Dice, 4));
                _cases.Add(played);
                _rows.Add(RowOf(target, with.Shown));
                report(played);
            }
        }
        finally
        {
            await connection.Tasks.RemoveTaskAsync(new V1.RemoveTaskRequest { TaskId = task.Id }, cancellationToken: CancellationToken.None);
        }
    }

    private async Task<(double? Proposal, int Steps, double Dice, IReadOnlyList<SheetStep> Shown)> PlayAsync(
        SliceTarget target, string? taskId, int examples, Random random, CancellationToken cancellationToken)
    {
        var labelled = target.Case;
        var window = labelled.Modality == Modality.CT ? ViewWindow.SoftTissue : (IntensityWindow?)null;
        await using var session = await ClientSession.OpenAsync(
            connection, labelled.Image, BrickShape.For([Axis.K]), window, model, cancellationToken, labelled.Modality);
        async Task<double> PredictAsync(IEnumerable<V1.Prompt> prompts)
        {
            var request = new V1.PredictRequest { SegmentId = Segment, Slice = target.Slice!.Value.ToWire(), TaskId = taskId ?? "" };
            request.Prompts.AddRange(prompts);
            await session.PredictAsync(request, cancellationToken);
            return target.Dice(session.MaskOf(Segment));
        }

        var shown = new List<SheetStep>();
        void Show(string title, double dice)
        {
            var mask = SlicePromptMessages.MapOf(session.MaskOf(Segment), target.Slice!.Value);
            var none = new SliceMap(mask.Rows, mask.Columns);
            shown.Add(new SheetStep(title, new SliceOverlay(none, none, mask), dice));
        }

        var proposal = examples > 0 ? await PredictAsync([]) : (double?)null;
        if (proposal is { } proposed)
        {
            Show("0 steps", proposed);
        }

        var (steps, dice) = (0, proposal ?? 0);
        while (steps < maxSteps && dice < Good)
        {
            var drawn = steps == 0 && proposal is null ? target.Start(random) : target.Correct(session.MaskOf(Segment), random)!;
            dice = await PredictAsync(drawn.Messages);
            steps++;
        }

        if (steps > 0)
        {
            Show(steps == 1 ? "1 step" : FormattableString.Invariant($"{steps} steps"), dice);
        }

        if (taskId is not null)
        {
            var request = new V1.AddExamplesRequest { TaskId = taskId, SessionId = session.Id, SegmentId = Segment };
            request.Slices.Add(target.Slice!.Value.ToWire());
            await connection.Tasks.AddExamplesAsync(request, cancellationToken: cancellationToken);
        }

        return (proposal, steps, dice, shown);
    }

    private static SheetRow RowOf(SliceTarget target, IReadOnlyList<SheetStep> shown)
    {
        var view = DemoFiles.ViewOf(target.Case, target.Slice!.Value);
        var window = target.Case.Modality == Modality.CT ? ViewWindow.SoftTissue : DemoFiles.WindowOf(view);
        return new SheetRow(target.Case.Name, view, window, shown);
    }

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 4) : null;
}
