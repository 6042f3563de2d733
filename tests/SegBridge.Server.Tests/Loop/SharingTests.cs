using Google.Protobuf;
using Grpc.Core;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

public sealed class SharingTests : IDisposable
{
    private readonly string _keys = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keys);

    [Fact]
    public async Task Sessions_of_one_key_on_the_same_content_share_bricks_and_others_see_nothing_of_it()
    {
        var (mine, line) = ApiKeyFile.Create("mine");
        var (foreign, foreignLine) = ApiKeyFile.Create("foreign");
        await File.WriteAllLinesAsync(_keys, [line, foreignLine]);
        await using var server = await TestServer.StartAsync(TestServer.Options with { KeyFile = _keys }, Bearer(mine));
        var first = await OpenAsync(server, mine);
        await server.Sessions.PutBricksAsync(Ellipsoid.Put(first), Bearer(mine));

        var second = await OpenAsync(server, mine);
        await server.Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = first }, Bearer(mine));
        var events = await server.Sessions.Predict(Ellipsoid.Prompted(second), Bearer(mine)).AllAsync();
        Assert.DoesNotContain(events, happened => happened.EventCase == PredictEvent.EventOneofCase.NeedsBricks);
        Assert.True(events[^1].Result.Segment.VoxelCount > 0);

        var stranger = await OpenAsync(server, foreign);
        using var call = server.Sessions.Predict(Ellipsoid.Prompted(stranger), Bearer(foreign));
        await call.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks);
    }

    [Fact]
    public async Task A_withdrawn_request_ends_and_leaves_its_prompts_out_of_the_next()
    {
        await using var server = await TestServer.StartAsync();
        var session = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var older = Ellipsoid.Clicked(session);
        older.RequestId = "older";
        using var call = server.Sessions.Predict(older);
        await call.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks);

        var newer = Ellipsoid.Prompted(session);
        newer.Prompts.RemoveAt(0);
        newer.WithdrawnRequestIds.Add("older");
        using var next = server.Sessions.Predict(newer);
        await next.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks);
        await CallExtensions.FailsAsync(StatusCode.Cancelled, async () => await call.ResponseStream.MoveNext(default));
        await server.Sessions.PutBricksAsync(Ellipsoid.Put(session));
        var result = await next.ResultAsync();

        var alone = await server.Sessions.OpenEllipsoidAsync();
        newer.SessionId = alone;
        var expected = await server.Sessions.Predict(newer).ResultAsync();
        Assert.Equal((expected.Step, expected.Changed), (result.Step, result.Changed));
        newer.WithdrawnRequestIds.Add(Enumerable.Repeat("x", 100));
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => server.Sessions.Predict(newer).AllAsync());
    }

    private static async Task<string> OpenAsync(TestServer server, string key)
    {
        var request = Ellipsoid.Open();
        request.Volume.ContentSha256 = ByteString.CopyFrom(new byte[32]);
        return (await server.Sessions.OpenSessionAsync(request, Bearer(key))).SessionId;
    }

    private static Metadata Bearer(string key) => new() { { "authorization", $"Bearer {key}" } };
}
