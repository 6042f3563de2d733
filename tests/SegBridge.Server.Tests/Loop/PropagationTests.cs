using Grpc.Core;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class PropagationTests(SharedServer shared)
{
    private readonly V1.Sessions.SessionsClient _sessions = shared.Server.Sessions;

    [Fact]
    public async Task Slices_come_one_by_one_and_undo_takes_all_of_them_back()
    {
        var session = await _sessions.OpenEllipsoidAsync();
        var first = await _sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
        var accepted = await _sessions.AcceptAsync(new AcceptRequest
        {
            SessionId = session, SegmentId = first.SegmentId, Slices = { first.Slice }, Accepted = true,
        });
        Assert.Equal([first.Slice], accepted.Accepted);

        var events = await AllAsync(new PropagateRequest
        {
            SessionId = session, SegmentId = first.SegmentId, First = first.Slice.Index - 1, Last = first.Slice.Index + 1,
        });

        Assert.Equal([first.Slice.Index - 1, first.Slice.Index + 1], events.Where(e => e.Result is not null).Select(e => e.Result.Slice.Index));
        Assert.Equal(1, events[^1].Progress.Fraction);
        var undone = await _sessions.UndoAsync(new HistoryRequest { SessionId = session, SegmentId = first.SegmentId });
        Assert.Equal((1u, first.Segment.VoxelCount), (undone.Segment.Step, undone.Segment.VoxelCount));
        Assert.Equal([first.Slice], undone.Segment.Accepted);
    }

    [Fact]
    public async Task A_call_sent_again_brings_the_same_results_as_the_same_step()
    {
        var session = await _sessions.OpenEllipsoidAsync();
        var first = await _sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
        var request = new PropagateRequest
        {
            SessionId = session, SegmentId = first.SegmentId, First = first.Slice.Index - 1, Last = first.Slice.Index + 1, RequestId = "p",
        };
        var results = (await AllAsync(request)).Where(e => e.Result is not null).Select(e => e.Result).ToList();

        var again = (await AllAsync(request)).Where(e => e.Result is not null).Select(e => e.Result).ToList();

        Assert.Equal(2, again.Count);
        Assert.Equal(results.Select(result => (result.Slice, result.Step, result.Changed)), again.Select(result => (result.Slice, result.Step, result.Changed)));
        Assert.Equal(2u, (await _sessions.ListSegmentsAsync(new ListSegmentsRequest { SessionId = session })).Segments[0].Step);
        request.RequestId = new string('x', 65);
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => AllAsync(request));
    }

    [Fact]
    public async Task A_direction_that_ends_early_says_where()
    {
        var session = await _sessions.OpenEllipsoidAsync();
        var first = await _sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();

        var events = await AllAsync(new PropagateRequest
        {
            SessionId = session, SegmentId = first.SegmentId, First = first.Slice.Index + 1, Last = first.Slice.Index + 2, StopBelow = 1,
        });

        var stopped = Assert.Single(events, e => e.Stopped is not null).Stopped;
        Assert.Equal(first.Slice.Index + 1, stopped.Slice.Index);
        Assert.InRange(stopped.Confidence, 0.01f, 0.9999f);
        Assert.DoesNotContain(events, e => e.Result is not null);
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        var session = await _sessions.OpenEllipsoidAsync(withBricks: false);
        var noAxis = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await _sessions.AcceptAsync(
            new AcceptRequest { SessionId = session, SegmentId = "1", Slices = { new GridSlice { Index = 1 } } }));
        Assert.Contains("slices[0].axis", noAxis.Status.Detail, StringComparison.Ordinal);

        await CallExtensions.FailsAsync(StatusCode.NotFound, () => AllAsync(new PropagateRequest { SessionId = session, SegmentId = "none" }));
        await _sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "1" } });
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, () => AllAsync(new PropagateRequest { SessionId = session, SegmentId = "1" }));
    }

    private async Task<List<PropagateEvent>> AllAsync(PropagateRequest request)
    {
        using var call = _sessions.Propagate(request);
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }
}
