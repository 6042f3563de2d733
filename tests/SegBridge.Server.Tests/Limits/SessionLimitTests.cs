using Grpc.Core;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Limits;

public sealed class SessionLimitTests
{
    private const int ManySessions = 50;

    [Fact]
    public async Task Fifty_sessions_at_once_each_get_their_own_mask()
    {
        await using var server = await TestServer.StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, ManySessions).Select(async _ =>
        {
            var session = await server.Sessions.OpenEllipsoidAsync();
            return await server.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
        }));
        Assert.All(results, result => Assert.Equal((1u, results[0].Segment.VoxelCount), (result.Step, result.Segment.VoxelCount)));
    }

    [Fact]
    public async Task One_session_more_than_the_limit_is_refused_until_another_closes()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { Sessions = new SessionOptions { MaxSessions = 2 } });
        var first = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var error = await CallExtensions.FailsAsync(StatusCode.ResourceExhausted, () => server.Sessions.OpenEllipsoidAsync());
        Assert.Contains("2 sessions", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("5000", error.Trailers.GetValue("grpc-retry-pushback-ms"));
        await server.Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = first });
        await server.Sessions.OpenEllipsoidAsync(withBricks: false);
    }

    [Fact]
    public async Task Silence_ends_a_session_and_keep_alive_only_puts_off_the_liveness_limit()
    {
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(TestServer.Options with
        {
            Clock = clock,
            Sessions = new SessionOptions { LivenessTimeout = TimeSpan.FromMinutes(5), IdleTimeout = TimeSpan.FromMinutes(12) },
        });
        var silent = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var thinking = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(8u * 60, (await server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = thinking })).IdleLeftS);
        clock.Advance(TimeSpan.FromMinutes(4));
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = silent }));
        await server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = thinking });
        clock.Advance(TimeSpan.FromMinutes(4.9));
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = thinking }));
    }

    [Fact]
    public async Task A_huge_volume_opens_but_only_so_many_bricks_of_it_fit()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { Sessions = new SessionOptions { MaxBrickBytesPerSession = 20_000 } });
        var request = Ellipsoid.Open();
        request.Volume.Geometry.Size = new Size { I = 2048, J = 2048, K = 2048 };
        var estimate = await server.Sessions.EstimateMemoryAsync(new EstimateMemoryRequest { Volume = request.Volume });
        Assert.Equal((false, 2ul << 33), (estimate.Fits, estimate.VolumeBytes));
        Assert.NotEmpty(estimate.Advice);
        var session = (await server.Sessions.OpenSessionAsync(request)).SessionId;
        var bricks = Ellipsoid.Bricks().Take(3).ToList();
        await server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { bricks[..2] } });
        var error = await CallExtensions.FailsAsync(
            StatusCode.ResourceExhausted, async () => await server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { bricks[2] } }));
        Assert.Matches("20.?000", error.Status.Detail);
        Assert.Null(error.Trailers.Get("grpc-retry-pushback-ms"));
    }

    [Fact]
    public async Task A_prediction_whose_bricks_never_come_ends()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { Sessions = new SessionOptions { BrickWait = TimeSpan.FromMilliseconds(50) } });
        var session = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, () => server.Sessions.Predict(Ellipsoid.Clicked(session)).AllAsync());
    }
}
