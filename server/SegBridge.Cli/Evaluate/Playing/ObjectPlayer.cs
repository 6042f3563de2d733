using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Results;
using SegBridge.Cli.Metrics;
using SegBridge.Cli.Play;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>The task that a series fills.</summary>
/// <param name="id">The server's.</param>
internal sealed class SeriesTask(string id)
{
    public string Id { get; } = id;

    /// <summary>In it so far.</summary>
    public int Examples { get; set; }
}

/// <summary>Plays the simulated reader on one object, in a session of its own.</summary>
internal sealed class ObjectPlayer(Arm arm, EvaluationSettings settings)
{
    /// <summary>Dice at which the reader of a series is content with an image.</summary>
    public const double Good = 0.9;

    private const string Segment = "object";

    /// <param name="one">What to play.</param>
    /// <param name="task">Whose examples help and which the finished image joins; null for none.</param>
    /// <param name="report">Called after each step.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    /// <returns>What it looked like in the end, where pictures are wanted.</returns>
    public async Task<ObjectPicture?> PlayAsync(EvaluatedObject one, SeriesTask? task, Action<EvaluatedStep> report, CancellationToken cancellationToken)
    {
        var (target, random) = (one.Target, one.Chance());
        var labelled = target.Case;
        await using var session = await ClientSession.OpenAsync(
            arm.Connection,
            labelled.Image,
            target.Slice is { } slice ? BrickShape.For([slice.Axis]) : BrickShape.Cube,
            settings.Window,
            arm.Model.Id,
            cancellationToken,
            labelled.Modality);
        var mask = session.MaskOf(Segment);
        var picture = settings.Pictures ? new ObjectPicture(target) : null;
        EvaluatedStep? last = null;
        async Task StepAsync(int step, DrawnStep drawn)
        {
            var answer = await PredictAsync(session, target, drawn, task, cancellationToken);
            picture?.Add(drawn.Messages);
            last = Judged(one, mask, step, drawn, answer);
            report(last);
        }

        if (task is { Examples: > 0 })
        {
            await StepAsync(0, new DrawnStep([], 0));
        }

        for (var step = 1; step <= settings.Steps; step++)
        {
            var isContent = settings.Protocol.IsSeries && last?.Dice >= Good;
            var drawn = isContent ? null : last is null ? target.Start(random) : target.Correct(mask, random);
            if (drawn is null)
            {
                last = last! with { Step = step, Prompts = 0, ServerMs = 0, TotalMs = 0, BytesUp = 0, BytesDown = 0, ChoseBest = null };
                report(last);
            }
            else
            {
                await StepAsync(step, drawn);
            }
        }

        if (task is not null)
        {
            await AddExampleAsync(session, task, target.Slice!.Value, cancellationToken);
        }

        picture?.Draw(mask, settings.Window);
        return picture;
    }

    private async Task<ClientStep> PredictAsync(ClientSession session, Target target, DrawnStep drawn, SeriesTask? task, CancellationToken cancellationToken)
    {
        var request = new V1.PredictRequest
        {
            SegmentId = Segment,
            Slice = target.Slice?.ToWire(),
            TaskId = task is { Examples: > 0 } ? task.Id : "",
            ReturnCandidates = settings.Candidates && arm.Model.Candidates > 1,
        };
        request.Prompts.AddRange(drawn.Messages);
        return await session.PredictAsync(request, cancellationToken);
    }

    private async Task AddExampleAsync(ClientSession session, SeriesTask task, SlicePlane slice, CancellationToken cancellationToken)
    {
        if (session.MaskOf(Segment).Count == 0)
        {
            // An image on which nothing was found is no example.
            return;
        }

        var request = new V1.AddExamplesRequest { TaskId = task.Id, SessionId = session.Id, SegmentId = Segment };
        request.Slices.Add(slice.ToWire());
        var reply = await arm.Connection.Tasks.AddExamplesAsync(request, cancellationToken: cancellationToken);
        task.Examples = (int)reply.Task.Examples;
    }

    private EvaluatedStep Judged(EvaluatedObject one, VolumeMask mask, int step, DrawnStep drawn, ClientStep answer)
    {
        var target = one.Target;
        var (truth, given) = target.Blocks(mask);
        var scores = MaskScores.Of(truth, given, target.Case.Image.Geometry.Spacing, settings.ToleranceMm);
        return new EvaluatedStep(
            arm.Name,
            one.Dataset,
            target.Name,
            one.Subject,
            one.Label,
            settings.Split,
            one.Seed,
            one.Index,
            step,
            drawn.Count,
            Math.Round(scores.Dice, 4),
            Math.Round(scores.Iou, 4),
            scores.Hd95 is { } distance ? Math.Round(distance, 3) : null,
            Math.Round(scores.Nsd, 4),
            Math.Round(scores.VolumeError, 4),
            Math.Round(answer.Confidence, 4),
            answer.Candidates is { All.Count: > 1 } candidates ? ChoseBest(target, candidates) : null,
            Math.Round(answer.ServerMs, 2),
            Math.Round(answer.TotalMs, 2),
            answer.BytesUp,
            answer.BytesDown);
    }

    private static bool ChoseBest(Target target, ClientCandidates candidates)
    {
        var chosen = candidates.All.First(candidate => candidate.Index == candidates.Chosen);
        return target.Dice(chosen.Mask) >= candidates.All.Max(candidate => target.Dice(candidate.Mask));
    }
}
