using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Demo.Slices;

/// <summary>Plays the radiologist: slice after slice, step after step, against a server.</summary>
internal sealed class SliceDemoRun(LabelledCase demoCase, DemoSettings settings, IntensityWindow? window)
{
    private const string Segment = "tumour";
    private const int UsualSteps = 5;
    private const int UsualSlices = 5;

    private readonly List<SliceStepRecord> _records = [];

    public IReadOnlyList<SliceStepRecord> Records => _records;

    /// <summary>The bundle that answered.</summary>
    public string ModelId { get; private set; } = "";

    /// <summary>The whole mask at the end.</summary>
    public VolumeMask? Mask { get; private set; }

    /// <param name="connection">To the server.</param>
    /// <param name="report">Called after each step.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    /// <exception cref="UserException">The label is empty.</exception>
    public async Task PlayAsync(ServerConnection connection, Action<SliceStepRecord> report, CancellationToken cancellationToken)
    {
        var slices = SliceChoice.Across(demoCase.AreasAcrossK(), settings.Slices ?? UsualSlices);
        if (slices.Count == 0)
        {
            throw demoCase.Nothing();
        }

        await using var session = await ClientSession.OpenAsync(
            connection, demoCase.Image, BrickShape.For([Axis.K]), window, settings.Model, cancellationToken, demoCase.Modality);
        ModelId = session.ModelId;
        Mask = session.MaskOf(Segment);
        foreach (var slice in slices)
        {
            await PlaySliceAsync(session, new SlicePlane(Axis.K, slice), report, cancellationToken);
        }
    }

    private async Task PlaySliceAsync(ClientSession session, SlicePlane slice, Action<SliceStepRecord> report, CancellationToken cancellationToken)
    {
        var radiologist = Radiologist.Named(settings.Protocol ?? Radiologist.Names[0]);
        // Each slice has its own chance, so that leaving one out does not change the others.
        var random = new Random((settings.Seed * 7919) + slice.Index);
        var truth = demoCase.TruthOn(slice);
        var drawn = (Positive: new SliceMap(truth.Rows, truth.Columns), Negative: new SliceMap(truth.Rows, truth.Columns));
        SliceStepRecord? last = null;
        for (var step = 1; step <= (settings.Steps ?? UsualSteps); step++)
        {
            var prompts = last is null ? radiologist.Start(truth, random) : radiologist.Correct(truth, last.Mask, random);
            if (prompts is null)
            {
                last = last! with { Step = step, Prompts = 0, ServerMs = 0, TotalMs = 0, BytesUp = 0, BytesDown = 0 };
            }
            else
            {
                drawn = Add(drawn, prompts);
                var messages = SlicePromptMessages.Of(prompts, slice, demoCase.Image.Geometry.Size);
                var answer = await session.PredictAsync(Segment, messages, slice, null, cancellationToken);
                var mask = SlicePromptMessages.MapOf(session.MaskOf(Segment), slice);
                ModelId = answer.ModelId.Length > 0 ? answer.ModelId : ModelId;
                last = new SliceStepRecord(
                    slice.Index, step, prompts.Count, Overlap.Dice(truth, mask), answer.Confidence,
                    answer.ServerMs, answer.TotalMs, answer.BytesUp, answer.BytesDown, drawn, mask);
            }

            _records.Add(last);
            report(last);
        }
    }

    private static (SliceMap Positive, SliceMap Negative) Add((SliceMap Positive, SliceMap Negative) drawn, DrawnPrompts prompts)
    {
        var (positive, negative) = (
            prompts.Positive is { } p ? drawn.Positive.Or(p) : new SliceMap(drawn.Positive.Rows, drawn.Positive.Columns, [.. drawn.Positive.Pixels]),
            prompts.Negative is { } n ? drawn.Negative.Or(n) : new SliceMap(drawn.Negative.Rows, drawn.Negative.Columns, [.. drawn.Negative.Pixels]));
        foreach (var click in prompts.Clicks)
        {
            Dot(click.Positive ? positive : negative, click);
        }

        return (positive, negative);
    }

    // Large enough to be seen on the contact sheet; the server gets the one point.
    private static void Dot(SliceMap map, Click click)
    {
        var radius = Math.Max(1, Math.Max(map.Rows, map.Columns) / 100);
        SegBridge.Imaging.Morphology.Rasteriser.Disc(
            map.Pixels, map.Rows, map.Columns, new SegBridge.Imaging.Morphology.PixelPoint(click.Row, click.Column), radius);
    }
}
