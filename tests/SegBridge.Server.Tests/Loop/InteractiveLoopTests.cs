using Grpc.Core;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class InteractiveLoopTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_click_and_a_box_segment_the_ellipsoid_and_history_moves_back_and_forth()
    {
        var opened = await Server.Sessions.OpenSessionAsync(Ellipsoid.Open());
        Assert.Matches("^[0-9a-f]{32}$", opened.SessionId);
        Assert.Equal((3u, 3u, 3u), (opened.BrickCounts.I, opened.BrickCounts.J, opened.BrickCounts.K));
        Assert.NotEmpty(opened.ServerVersion);
        var put = await Server.Sessions.PutBricksAsync(Ellipsoid.Put(opened.SessionId));
        Assert.Equal((27u, 27u, (ulong)Ellipsoid.Size.VoxelCount * 2), (put.Stored, put.Held, put.HeldBytes));

        var result = await Server.Sessions.Predict(Ellipsoid.Prompted(opened.SessionId)).ResultAsync();
        Assert.Equal((1u, "liver", opened.ModelId), (result.Step, result.SegmentId, result.ModelId));
        Assert.True(result.Timing.ModelMs > 0);
        Assert.True(Ellipsoid.DiceOnMiddle(Ellipsoid.ToBlock(result.Changed)) > 0.8);

        var key = new HistoryRequest { SessionId = opened.SessionId, SegmentId = "liver" };
        var undone = await Server.Sessions.UndoAsync(key);
        Assert.Equal((0ul, 1u), (undone.Segment.VoxelCount, undone.Segment.RedoSteps));
        var redone = await Server.Sessions.RedoAsync(key);
        Assert.Equal(result.Segment.VoxelCount, redone.Segment.VoxelCount);
        var mask = await Server.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = opened.SessionId, SegmentId = "liver" });
        Assert.Equal((long)result.Segment.VoxelCount, Ellipsoid.ToBlock(mask.Mask).Count);
        var start = await Server.Sessions.GoToStepAsync(new GoToStepRequest { SessionId = opened.SessionId, SegmentId = "liver", Step = 0 });
        Assert.Equal(0ul, start.Segment.VoxelCount);

        await Server.Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = opened.SessionId });
        await Server.Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = opened.SessionId });
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await Server.Sessions.UndoAsync(key));
    }

    [Fact]
    public async Task A_step_says_where_its_time_went()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: true);
        using var call = Server.Sessions.Predict(Ellipsoid.Prompted(session));
        var result = (await call.FirstAsync(PredictEvent.EventOneofCase.Result)).Result;
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

        var parts = call.GetTrailers().GetValue("server-timing")!.Split(", ").Select(part => part.Split(";dur=")).ToDictionary(
            part => part[0], part => double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture));
        string[] expected = ["prompts", "bricks", "prepare", "unet", "decode", "resample", "diff", "encode", "write"];
        Assert.Empty(expected.Except(parts.Keys));
        Assert.All(parts.Values, ms => Assert.True(ms >= 0, $"{ms}"));
        // The network is a part of the model.
        Assert.InRange(parts["unet"], 0.001, result.Timing.ModelMs);
    }

    [Fact]
    public async Task A_prediction_asks_for_the_bricks_it_lacks_and_goes_on_once_they_come()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        using var call = Server.Sessions.Predict(Ellipsoid.Prompted(session));
        var needs = (await call.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks)).NeedsBricks;
        Assert.All(needs.Required, index => Assert.Equal(1u, index.K));

        using var upload = Server.Sessions.StreamBricks();
        foreach (var index in needs.Required)
        {
            await upload.RequestStream.WriteAsync(new PutBricksRequest
            {
                SessionId = session,
                Bricks = { Ellipsoid.ToBrick(new Imaging.Volumes.BrickIndex((int)index.I, (int)index.J, (int)index.K)) },
            });
        }

        await upload.RequestStream.CompleteAsync();
        Assert.Equal((uint)needs.Required.Count, (await upload).Stored);
        var result = (await call.FirstAsync(PredictEvent.EventOneofCase.Result)).Result;
        Assert.True(Ellipsoid.DiceOnMiddle(Ellipsoid.ToBlock(result.Changed)) > 0.8);
        Assert.True(result.Timing.BricksMs > 0);
    }

    [Fact]
    public async Task A_newer_prompt_on_the_slice_supersedes_the_one_that_waits()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        using var first = Server.Sessions.Predict(Ellipsoid.Clicked(session));
        await first.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks);
        using var second = Server.Sessions.Predict(Ellipsoid.Prompted(session));
        await CallExtensions.FailsAsync(StatusCode.Aborted, async () => await first.FirstAsync(PredictEvent.EventOneofCase.Result));

        await Server.Sessions.PutBricksAsync(Ellipsoid.Put(session));
        Assert.Equal(1u, (await second.FirstAsync(PredictEvent.EventOneofCase.Result)).Result.Step);
    }

    [Fact]
    public async Task World_coordinates_mean_the_same_place_as_voxel_indices()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var byIndex = await Server.Sessions.Predict(Ellipsoid.Clicked(session, "a")).ResultAsync();
        var byWorld = Ellipsoid.Clicked(session, "b");
        byWorld.Prompts[0].Point.Lps = new LpsPoint
        {
            L = -30 + (0.8 * Ellipsoid.CentreI),
            P = 12 + (0.8 * Ellipsoid.CentreJ),
            S = 700 + (2.5 * Ellipsoid.CentreK),
        };
        var allowed = await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "b", Name = "B", AllowOverlap = true } });
        Assert.True(allowed.AllowOverlap);
        Assert.Equal(byIndex.Segment.VoxelCount, (await Server.Sessions.Predict(byWorld).ResultAsync()).Segment.VoxelCount);
    }

    [Fact]
    public async Task Segments_are_listed_changed_and_removed()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest
        {
            SessionId = session,
            Segment = new Segment { Id = "x", Name = "One", Color = 0x00FF80, Terminology = "SCT^108369006^Neoplasm" },
        });
        var listed = Assert.Single((await Server.Sessions.ListSegmentsAsync(new ListSegmentsRequest { SessionId = session })).Segments);
        Assert.Equal(("x", "One", 0x00FF80u, "SCT^108369006^Neoplasm"), (listed.Id, listed.Name, listed.Color, listed.Terminology));
        await Server.Sessions.RemoveSegmentAsync(new RemoveSegmentRequest { SessionId = session, SegmentId = "x" });
        Assert.Empty((await Server.Sessions.ListSegmentsAsync(new ListSegmentsRequest { SessionId = session })).Segments);
        Assert.True((await Server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = session })).IdleLeftS > 0);
    }

    [Fact]
    public async Task The_shipped_model_is_listed_ready_with_its_card()
    {
        var reply = await Server.Models.ListModelsAsync(new ListModelsRequest());
        var model = await Server.Models.GetModelAsync(new GetModelRequest { ModelId = reply.DefaultModelId });
        Assert.Equal((ModelState.Ready, ModelFamily.ScribblepromptUnet, 2u), (model.State, model.Family, model.Dimension));
        Assert.NotEmpty(model.InputSize);
        Assert.True(model.SizeBytes > 0);
    }
}
