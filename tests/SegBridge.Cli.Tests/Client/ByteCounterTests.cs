using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using SegBridge.Cli.Client;

namespace SegBridge.Cli.Tests.Client;

/// <summary>Compares the counter with the bodies that really went over HTTP.</summary>
public sealed class ByteCounterTests
{
    [Fact]
    public async Task Unary_calls_are_counted_as_on_the_wire()
    {
        using var wire = new RecordedWire(new V1.PutBricksReply { Stored = 1, Held = 300, HeldBytes = 1 << 20 });
        var (counter, client) = Connect(wire);
        var request = new V1.PutBricksRequest { SessionId = new string('a', 32) };
        request.Bricks.Add(new V1.Brick { Index = new V1.BrickIndex { I = 3 }, Data = ByteString.CopyFrom(new byte[5000]) });
        await client.PutBricksAsync(request);
        Assert.Equal((wire.Up, wire.Down), (counter.Up, counter.Down));
        Assert.Equal(request.CalculateSize() + 5, counter.Up);
    }

    [Fact]
    public async Task Every_message_of_a_stream_is_counted()
    {
        using var wire = new RecordedWire(
            new V1.PredictEvent { Queued = new V1.Queued { Ahead = 2 } },
            new V1.PredictEvent { Result = new V1.StepResult { SegmentId = "1", Confidence = 0.5f } });
        var (counter, client) = Connect(wire);
        using var call = client.Predict(new V1.PredictRequest { SessionId = "s", SegmentId = "1" });
        var messages = 0;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            messages++;
        }

        Assert.Equal(2, messages);
        Assert.Equal((wire.Up, wire.Down), (counter.Up, counter.Down));
    }

    private static (ByteCounter Counter, V1.Sessions.SessionsClient Client) Connect(RecordedWire wire)
    {
        var counter = new ByteCounter();
        var channel = GrpcChannel.ForAddress("http://wire.test", new GrpcChannelOptions { HttpHandler = wire });
        return (counter, new V1.Sessions.SessionsClient(channel.Intercept(counter)));
    }

    /// <summary>Answers every call with the same messages and counts the bytes of both bodies.</summary>
    private sealed class RecordedWire(params IMessage[] replies) : HttpMessageHandler
    {
        public long Up { get; private set; }

        public long Down { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Up += (await request.Content!.ReadAsByteArrayAsync(cancellationToken)).Length;
            byte[] body = [.. replies.SelectMany(Frame)];
            Down += body.Length;
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Version = HttpVersion.Version20, RequestMessage = request, Content = new ByteArrayContent(body) };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            response.TrailingHeaders.Add("grpc-status", "0");
            return response;
        }

        private static byte[] Frame(IMessage message)
        {
            var bytes = message.ToByteArray();
            return [0, (byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
        }
    }
}
