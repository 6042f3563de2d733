using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using SegBridge.Server.Hosting;
using SegBridge.Server.Limits;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Limits;

public sealed class TransportLimitTests
{
    [Fact]
    public async Task Calls_faster_than_the_limit_are_told_when_to_come_again()
    {
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(TestServer.Options with { Clock = clock, Limits = new LimitSettings { CallsPerSecond = 100 } });
        RpcException? refused = null;
        for (var n = 0; n < 300 && refused is null; n++)
        {
            try
            {
                await server.Models.ListModelsAsync(new ListModelsRequest());
            }
            catch (RpcException error)
            {
                refused = error;
            }
        }

        Assert.Equal(StatusCode.ResourceExhausted, refused?.StatusCode);
        var wait = int.Parse(refused!.Trailers.Get("grpc-retry-pushback-ms")!.Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(wait, 1, 10);
        clock.Advance(TimeSpan.FromMilliseconds(wait));
        await server.Models.ListModelsAsync(new ListModelsRequest());
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_the_next_one_is_taken()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { Limits = new LimitSettings { MaxMessageBytes = 1 << 20 } });
        var session = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var request = new PutBricksRequest { SessionId = session, Bricks = { new Brick { Data = Google.Protobuf.ByteString.CopyFrom(new byte[2 << 20]) } } };
        await CallExtensions.FailsAsync(StatusCode.ResourceExhausted, async () => await server.Sessions.PutBricksAsync(request));
        await server.Sessions.PutBricksAsync(Ellipsoid.Put(session));
    }

    [Fact]
    public async Task A_client_that_dies_during_an_upload_leaves_whole_requests_and_a_healthy_server()
    {
        await using var server = await TestServer.StartAsync();
        var session = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var bricks = Ellipsoid.Bricks().ToList();
        using (var channel = GrpcChannel.ForAddress(server.Running.Grpc))
        {
            using var upload = new V1.Sessions.SessionsClient(channel).StreamBricks();
            await upload.RequestStream.WriteAsync(new PutBricksRequest { SessionId = session, Bricks = { bricks[..4] } });
            while ((await server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { bricks[10] } })).Held < 5)
            {
                await Task.Delay(10);
            }
        }

        // The same by hand over HTTP/1.1: half a frame, then nothing any more.
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(server.Running.Http.Host, server.Running.Http.Port);
            var body = Web.WebReply.Frame(new PutBricksRequest { SessionId = session, Bricks = { bricks[20..] } });
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /segbridge.v1.Sessions/PutBricks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: {body.Length}\r\n\r\n"));
            await socket.GetStream().WriteAsync(body.AsMemory(0, body.Length / 2));
        }

        Assert.Equal(5u, (await server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { bricks[0] } })).Held);
        await server.Health.CheckAsync(new Grpc.Health.V1.HealthCheckRequest());
    }

    [Fact]
    public void A_bucket_empties_and_fills_again_for_each_caller_alone()
    {
        var clock = new ManualClock();
        var buckets = new TokenBuckets(2, 3, clock);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => buckets.TryTake("a", out var _)));
        Assert.True(buckets.TryTake("b", out _));
        Assert.False(buckets.TryTake("a", out var wait));
        Assert.Equal(TimeSpan.FromSeconds(0.5), wait);
        clock.Advance(wait);
        Assert.True(buckets.TryTake("a", out _));
        Assert.False(buckets.TryTake("a", out _));
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_refused_by_name()
    {
        async Task RefusedAsync(ServerOptions options, string part)
        {
            var error = await Assert.ThrowsAsync<ServerConfigurationException>(() => ServerHost.StartAsync(options));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        await RefusedAsync(TestServer.Options with { GrpcPort = 70000 }, "70000");
        await RefusedAsync(TestServer.Options with { GrpcPort = 9000, HttpPort = 9000 }, "must differ");
        await RefusedAsync(TestServer.Options with { ModelFolder = "/no/such/folder" }, "/no/such/folder");
        await RefusedAsync(TestServer.Options with { AllowedOrigins = ["viewer.example"] }, "viewer.example");
        await RefusedAsync(TestServer.Options with { KeyFile = "/no/such/file" }, "/no/such/file");
        await using var server = await ServerHost.StartAsync(TestServer.Options);
        await RefusedAsync(TestServer.Options with { GrpcPort = server.Grpc.Port }, $"{server.Grpc.Port}");
    }
}
