using Grpc.Core;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class CandidateTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Candidates_come_best_first_with_what_they_disagree_on_and_one_can_be_chosen()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var request = Ellipsoid.Prompted(session);
        (request.ModelId, request.ReturnCandidates) = ("tumour-3d", true);
        var events = await Server.Sessions.Predict(request).AllAsync();

        var proposed = Assert.Single(events, happened => happened.EventCase == PredictEvent.EventOneofCase.Candidates).Candidates;
        Assert.Equal(3, proposed.Candidates_.Count);
        Assert.Equal([0u, 1u, 2u], proposed.Candidates_.Select(candidate => candidate.Index).Order());
        Assert.Equal(proposed.Candidates_.Max(candidate => candidate.Confidence), proposed.Candidates_[0].Confidence);
        Assert.Equal(proposed.Candidates_[0].Index, proposed.Chosen);
        foreach (var candidate in proposed.Candidates_)
        {
            var mask = Ellipsoid.ToBlock(candidate.Mask);
            Assert.Equal(mask.Count * 0.8 * 0.8 * 2.5 / 1000, candidate.VolumeMl, 6);
            Assert.Equal(candidate.Mask.Box, candidate.BoundingBox);
        }

        var (one, other) = (Ellipsoid.ToBlock(proposed.Candidates_[0].Mask), Ellipsoid.ToBlock(proposed.Candidates_[1].Mask));
        var disputed = Ellipsoid.ToBlock(proposed.Disagreement);
        Assert.All(one.Voxels.Where(voxel => !other.Box.Contains(voxel) || !other[voxel]), voxel => Assert.True(disputed[voxel]));

        var first = events[^1].Result;
        Assert.InRange(first.NextPrompt.Ijk.K, 0, Ellipsoid.Size.K - 1);
        var choice = new ChooseCandidateRequest
        {
            SessionId = session, SegmentId = first.SegmentId, Step = first.Step, Candidate = proposed.Candidates_[^1].Index, RequestId = "c",
        };
        var chosen = await Server.Sessions.ChooseCandidateAsync(choice);
        Assert.Equal((2u, proposed.Candidates_[^1].Confidence, "tumour-3d"), (chosen.Step, chosen.Confidence, chosen.ModelId));
        Assert.NotNull(chosen.NextPrompt);
        Assert.Equal(chosen, await Server.Sessions.ChooseCandidateAsync(choice));

        choice.RequestId = "";
        var stale = await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, async () => await Server.Sessions.ChooseCandidateAsync(choice));
        Assert.Contains("stands at step 2", stale.Status.Detail, StringComparison.Ordinal);
        var undone = await Server.Sessions.UndoAsync(new HistoryRequest { SessionId = session, SegmentId = first.SegmentId });
        Assert.Equal(first.Segment.VoxelCount, undone.Segment.VoxelCount);
        choice.Candidate = proposed.Chosen;
        Assert.Empty((await Server.Sessions.ChooseCandidateAsync(choice)).Changed.Data);
    }

    [Fact]
    public async Task Candidates_are_not_sent_unasked_and_a_wrong_one_is_refused()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var events = await Server.Sessions.Predict(Ellipsoid.Prompted(session)).AllAsync();
        Assert.DoesNotContain(events, happened => happened.EventCase == PredictEvent.EventOneofCase.Candidates);

        var choice = new ChooseCandidateRequest { SessionId = session, SegmentId = "liver", Step = 1, Candidate = 1 };
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await Server.Sessions.ChooseCandidateAsync(choice));
        choice.Candidate = uint.MaxValue;
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await Server.Sessions.ChooseCandidateAsync(choice));
        (choice.SegmentId, choice.Candidate) = ("spleen", 0);
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await Server.Sessions.ChooseCandidateAsync(choice));
    }
}
