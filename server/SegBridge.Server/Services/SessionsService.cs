using Grpc.Core;
using SegBridge.Models.Inference;
using SegBridge.Server.Hosting;
using SegBridge.Server.Mapping;
using SegBridge.Server.Security;
using SegBridge.Sessions;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>The interactive loop: maps each call onto the session it names.</summary>
internal sealed class SessionsService(SessionManager sessions, SeriesCalls series, LimitSettings limits) : V1.Sessions.SessionsBase
{
    public override async Task<OpenSessionReply> OpenSession(OpenSessionRequest request, ServerCallContext context)
    {
        if (request.Volume?.DicomSeries is not null)
        {
            return await series.OpenAsync(request, CallerOf(context), progress: null, context.CancellationToken);
        }

        var volume = VolumeMapping.ToDescription(request.Volume, "volume");
        var session = sessions.Open(
            volume, ModelMapping.ToId(request.ModelId), SessionMapping.ToClient(request.Client), CallerOf(context));
        return SessionMapping.ToWire(session, limits);
    }

    public override Task OpenSeries(OpenSessionRequest request, IServerStreamWriter<OpenSeriesEvent> responseStream, ServerCallContext context) =>
        series.OpenAsync(request, CallerOf(context), responseStream, context.CancellationToken);

    public override async Task<ResumeSessionReply> ResumeSession(ResumeSessionRequest request, ServerCallContext context) => request.DicomSeries is null
        ? ResumeMapping.ToWire(await sessions.ResumeAsync(request.SessionId, CallerOf(context), context.CancellationToken), limits)
        : await series.ResumeAsync(request, CallerOf(context), context.CancellationToken);

    public override Task<CloseSessionReply> CloseSession(CloseSessionRequest request, ServerCallContext context)
    {
        sessions.Close(request.SessionId);
        return Task.FromResult(new CloseSessionReply());
    }

    public override Task<KeepAliveReply> KeepAlive(KeepAliveRequest request, ServerCallContext context) =>
        Task.FromResult(new KeepAliveReply { IdleLeftS = SessionMapping.Seconds(sessions.GetForBricks(request.SessionId).KeepAlive()) });

    public override Task<PutBricksReply> PutBricks(PutBricksRequest request, ServerCallContext context)
    {
        var session = sessions.GetForBricks(request.SessionId);
        return Task.FromResult(BrickMapping.ToWire(session.PutBricks(BrickMapping.ToBricks(request))));
    }

    public override async Task<PutBricksReply> StreamBricks(IAsyncStreamReader<PutBricksRequest> requestStream, ServerCallContext context)
    {
        // Each message is stored whole before the next is read: a client that dies leaves no half request behind.
        PutBricksReply? last = null;
        var stored = 0u;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var request = requestStream.Current;
            last = BrickMapping.ToWire(sessions.GetForBricks(request.SessionId).PutBricks(BrickMapping.ToBricks(request)));
            stored += last.Stored;
        }

        if (last is null)
        {
            throw new InvalidFieldException("bricks", "a stream must have at least one request");
        }

        last.Stored = stored;
        return last;
    }

    public override async Task Predict(PredictRequest request, IServerStreamWriter<PredictEvent> responseStream, ServerCallContext context)
    {
        var laps = new Laps();
        var session = sessions.Get(request.SessionId);
        var asked = StepMapping.ToRequest(request, session);
        laps.End("read");
        await foreach (var happened in session.PredictAsync(asked, context.CancellationToken))
        {
            laps.End("handover", happened is Sessions.Steps.StepResult { Timing.Parts: var parts } ? parts : []);
            var message = StepMapping.ToWire(happened);
            laps.End("encode");
            await responseStream.WriteAsync(message, context.CancellationToken);
            laps.End("write");
        }

        context.ResponseTrailers.Add(ServerTiming.Of(laps.Parts));
    }

    public override async Task<StepResult> ChooseCandidate(ChooseCandidateRequest request, ServerCallContext context)
    {
        var (step, candidate) = (Field.Within(request.Step, 0, int.MaxValue, "step"), Field.Within(request.Candidate, 0, int.MaxValue, "candidate"));
        var session = sessions.Get(request.SessionId);
        return StepMapping.ToWire(await session.ChooseCandidateAsync(
            SegmentMapping.ToId(request.SegmentId), step, candidate, StepMapping.ToRequestId(request.RequestId), context.CancellationToken));
    }

    public override async Task Propagate(PropagateRequest request, IServerStreamWriter<PropagateEvent> responseStream, ServerCallContext context)
    {
        var session = sessions.Get(request.SessionId);
        await foreach (var happened in session.PropagateAsync(PropagationMapping.ToRequest(request), context.CancellationToken))
        {
            await responseStream.WriteAsync(PropagationMapping.ToWire(happened), context.CancellationToken);
        }
    }

    public override Task<Segment> Accept(AcceptRequest request, ServerCallContext context)
    {
        var slices = GeometryMapping.ToPlanes(request.Slices, "slices");
        var segment = sessions.Get(request.SessionId).Accept(SegmentMapping.ToId(request.SegmentId), slices, request.Accepted);
        return Task.FromResult(SegmentMapping.ToWire(segment));
    }

    public override Task<HistoryReply> Undo(HistoryRequest request, ServerCallContext context) =>
        Task.FromResult(SegmentMapping.ToWire(sessions.Get(request.SessionId).Undo(SegmentMapping.ToId(request.SegmentId))));

    public override Task<HistoryReply> Redo(HistoryRequest request, ServerCallContext context) =>
        Task.FromResult(SegmentMapping.ToWire(sessions.Get(request.SessionId).Redo(SegmentMapping.ToId(request.SegmentId))));

    public override Task<HistoryReply> GoToStep(GoToStepRequest request, ServerCallContext context)
    {
        var step = Field.Within(request.Step, 0, int.MaxValue, "step");
        return Task.FromResult(SegmentMapping.ToWire(sessions.Get(request.SessionId).GoToStep(SegmentMapping.ToId(request.SegmentId), step)));
    }

    public override Task<HistoryReply> Reset(HistoryRequest request, ServerCallContext context) =>
        Task.FromResult(SegmentMapping.ToWire(sessions.Get(request.SessionId).Reset(SegmentMapping.ToId(request.SegmentId))));

    public override Task<GetMaskReply> GetMask(GetMaskRequest request, ServerCallContext context)
    {
        var box = request.Box is null ? (Imaging.Geometry.VoxelBox?)null : GeometryMapping.ToBox(request.Box, "box");
        var mask = sessions.Get(request.SessionId).GetMask(SegmentMapping.ToId(request.SegmentId), box);
        return Task.FromResult(new GetMaskReply { Mask = MaskMapping.ToWire(mask) });
    }

    public override Task<ListSegmentsReply> ListSegments(ListSegmentsRequest request, ServerCallContext context)
    {
        var reply = new ListSegmentsReply();
        reply.Segments.AddRange(sessions.Get(request.SessionId).Segments.Select(SegmentMapping.ToWire));
        return Task.FromResult(reply);
    }

    public override Task<Segment> PutSegment(PutSegmentRequest request, ServerCallContext context)
    {
        var session = sessions.Get(request.SessionId);
        return Task.FromResult(SegmentMapping.ToWire(session.PutSegment(SegmentMapping.ToSettings(request.Segment))));
    }

    public override Task<RemoveSegmentReply> RemoveSegment(RemoveSegmentRequest request, ServerCallContext context)
    {
        sessions.Get(request.SessionId).RemoveSegment(SegmentMapping.ToId(request.SegmentId));
        return Task.FromResult(new RemoveSegmentReply());
    }

    public override Task<EstimateMemoryReply> EstimateMemory(EstimateMemoryRequest request, ServerCallContext context)
    {
        var volume = VolumeMapping.ToDescription(request.Volume, "volume");
        return Task.FromResult(SessionMapping.ToWire(sessions.Estimate(volume, ModelMapping.ToId(request.ModelId))));
    }

    // Without keys all callers are one.
    private static string? CallerOf(ServerCallContext context) => Caller.KeyNameOf(context.GetHttpContext());
}
