using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Metrics;
using SegBridge.Cli.Play;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Evaluate;

/// <summary>Plays the simulated reader on every object of a data set, each in a session of its own.</summary>
internal sealed class EvaluationRun(ServerConnection connection, Dataset dataset, EvaluationSettings settings, string model)
{
    /// <summary>Tolerance of the surface Dice, as in PRISM's test protocol.</summary>
    public const double ToleranceMm = 5;

    private const string Segment = "object";

    private readonly List<EvaluatedStep> _steps = [];

    /// <summary>All steps so far, object after object.</summary>
    public IReadOnlyList<EvaluatedStep> Steps => _steps;

    /// <param name="report">Called after each step.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    public async Task PlayAsync(Action<EvaluatedStep> report, CancellationToken cancellationToken)
    {
        var cases = dataset.Of(settings.Split).Take(settings.Limit ?? int.MaxValue);
        var targets = cases.SelectMany(entry => dataset.ObjectsOf(entry).SelectMany(labelled => ProtocolTargets.Of(labelled, settings.Protocol)));
        var number = 0;
        foreach (var target in targets)
        {
            // Each object has its own chance, so that one more step on one does not change the others.
            await PlayAsync(target, new Random((settings.Seed * 7919) + number++), report, cancellationToken);
        }
    }

    private async Task PlayAsync(Target target, Random random, Action<EvaluatedStep> report, CancellationToken cancellationToken)
    {
        var labelled = target.Case;
        var window = target.Slice is not null && labelled.Modality == Modality.CT ? ViewWindow.SoftTissue : (IntensityWindow?)null;
        await using var session = await ClientSession.OpenAsync(
            connection, labelled.Image, target.Slice is null ? BrickShape.Cube : BrickShape.For([Axis.K]), window, model, cancellationToken, labelled.Modality);
        EvaluatedStep? last = null;
        for (var step = 1; step <= settings.Steps; step++)
        {
            var drawn = last is null ? target.Start(random) : target.Correct(session.MaskOf(Segment), random);
            last = drawn is null
                ? last! with { Step = step, Prompts = 0, ServerMs = 0, TotalMs = 0, BytesUp = 0, BytesDown = 0 }
                : Measured(target, session, step, drawn, await session.PredictAsync(Segment, drawn.Messages, target.Slice, null, cancellationToken));
            _steps.Add(last);
            report(last);
        }
    }

    private EvaluatedStep Measured(Target target, ClientSession session, int step, DrawnStep drawn, ClientStep answer)
    {
        var mask = session.MaskOf(Segment);
        var (truth, given) = target.Blocks(mask);
        var surfaces = SurfaceDistances.Between(truth, given, target.Case.Image.Geometry.Spacing);
        return new EvaluatedStep(
            target.Name,
            settings.Split,
            step,
            drawn.Count,
            Math.Round(target.Dice(mask), 4),
            surfaces is null ? null : Math.Round(surfaces.Hd95, 3),
            surfaces is null ? 0 : Math.Round(surfaces.ShareWithin(ToleranceMm), 4),
            Math.Round(answer.Confidence, 4),
            Math.Round(answer.ServerMs, 2),
            Math.Round(answer.TotalMs, 2),
            answer.BytesUp,
            answer.BytesDown);
    }
}
