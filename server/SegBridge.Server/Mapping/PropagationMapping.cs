using SegBridge.Sessions.Steps;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Propagation: requests in, events out.</summary>
internal static class PropagationMapping
{
    public static PropagationRequest ToRequest(Wire.PropagateRequest request) => new()
    {
        SegmentId = SegmentMapping.ToId(request.SegmentId),
        ModelId = ModelMapping.ToId(request.ModelId),
        TaskId = TaskMapping.ToOptionalId(request.TaskId),
        From = GeometryMapping.ToPlanes(request.From, "from"),
        First = Field.Within(request.First, 0, int.MaxValue, "first"),
        Last = Field.Within(request.Last, 0, int.MaxValue, "last"),
        StopBelow = request.StopBelow,
        RequestId = StepMapping.ToRequestId(request.RequestId),
    };

    public static Wire.PropagateEvent ToWire(StepEvent happened)
    {
        if (happened is StoppedEvent stopped)
        {
            return new() { Stopped = new Wire.PropagationStop { Slice = GeometryMapping.ToWire(stopped.Slice), Confidence = stopped.Confidence } };
        }

        var step = StepMapping.ToWire(happened);
        return step.EventCase switch
        {
            Wire.PredictEvent.EventOneofCase.Queued => new() { Queued = step.Queued },
            Wire.PredictEvent.EventOneofCase.NeedsBricks => new() { NeedsBricks = step.NeedsBricks },
            Wire.PredictEvent.EventOneofCase.Progress => new() { Progress = step.Progress },
            Wire.PredictEvent.EventOneofCase.Result => new() { Result = step.Result },
            _ => throw new InvalidOperationException($"no mapping for {happened.GetType().Name}"),
        };
    }
}
