using Google.Protobuf.Collections;
using SegBridge.Sessions;
using SegBridge.Sessions.Steps;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Steps: requests in, events out.</summary>
internal static class StepMapping
{
    private const int MaxRequestId = 64;
    private const int MaxWithdrawn = 100;

    public static StepRequest ToRequest(Wire.PredictRequest request, Session session)
    {
        return new StepRequest
        {
            SegmentId = SegmentMapping.ToId(request.SegmentId),
            ModelId = ModelMapping.ToId(request.ModelId),
            Prompts = PromptMapping.ToPrompts(request.Prompts, session),
            Slice = request.Slice is null ? null : GeometryMapping.ToPlane(request.Slice, "slice"),
            Oblique = request.Oblique is null ? null : GeometryMapping.ToOblique(request.Oblique, "oblique"),
            TaskId = TaskMapping.ToOptionalId(request.TaskId),
            RequestId = ToRequestId(request.RequestId),
            Window = VolumeMapping.ToWindow(request.Window, "window"),
            ReturnCandidates = request.ReturnCandidates,
            WithdrawnRequestIds = ToWithdrawn(request.WithdrawnRequestIds),
        };
    }

    public static string? ToRequestId(string id) => id.Length == 0 ? null : Field.Text(id, 1, MaxRequestId, "request_id");

    private static string[] ToWithdrawn(RepeatedField<string> ids) => ids.Count <= MaxWithdrawn
        ? [.. ids.Select((id, n) => Field.Text(id, 1, MaxRequestId, $"withdrawn_request_ids[{n}]"))]
        : throw new InvalidFieldException("withdrawn_request_ids", $"must be at most {MaxWithdrawn}, got {ids.Count}");

    public static Wire.PredictEvent ToWire(StepEvent happened) => happened switch
    {
        QueuedEvent queued => new() { Queued = new Wire.Queued { Ahead = (uint)queued.Ahead } },
        NeedsBricksEvent needs => new() { NeedsBricks = ToWire(needs) },
        ProgressEvent progress => new() { Progress = new Wire.Progress { Fraction = progress.Fraction, Stage = progress.Stage } },
        CandidatesEvent candidates => new() { Candidates = ToWire(candidates) },
        StepResult result => new() { Result = ToWire(result) },
        _ => throw new InvalidOperationException($"no mapping for {happened.GetType().Name}"),
    };

    public static Wire.StepResult ToWire(StepResult result)
    {
        var wire = new Wire.StepResult
        {
            SegmentId = result.SegmentId,
            Step = (uint)result.Step,
            Changed = MaskMapping.ToWire(result.Changed),
            Confidence = result.Confidence,
            Segment = SegmentMapping.ToWire(result.Segment),
            Timing = new Wire.StepTiming
            {
                QueueMs = result.Timing.QueueMs,
                BricksMs = result.Timing.BricksMs,
                ModelMs = result.Timing.ModelMs,
                TotalMs = result.Timing.TotalMs,
            },
            ModelId = result.ModelId,
        };
        if (result.Next is { } next)
        {
            wire.NextPrompt = new Wire.NextPrompt { Ijk = GeometryMapping.ToWire(next.Voxel), Uncertainty = next.Uncertainty };
        }

        if (result.Slice is { } slice)
        {
            wire.Slice = GeometryMapping.ToWire(slice);
        }

        return wire;
    }

    private static Wire.NeedsBricks ToWire(NeedsBricksEvent needs)
    {
        var wire = new Wire.NeedsBricks();
        wire.Required.AddRange(needs.Required.Select(BrickMapping.ToWire));
        wire.Prefetch.AddRange(needs.Prefetch.Select(BrickMapping.ToWire));
        return wire;
    }

    private static Wire.Candidates ToWire(CandidatesEvent candidates)
    {
        var wire = new Wire.Candidates { Chosen = (uint)candidates.Chosen, Disagreement = MaskMapping.ToWire(candidates.Disagreement) };
        wire.Candidates_.AddRange(candidates.Candidates.Select(candidate => new Wire.Candidate
        {
            Index = (uint)candidate.Index,
            Confidence = candidate.Confidence,
            Mask = MaskMapping.ToWire(candidate.Mask),
            BoundingBox = GeometryMapping.ToWire(candidate.Mask.BoundingBox),
            VolumeMl = candidate.VolumeMl,
        }));
        return wire;
    }
}
