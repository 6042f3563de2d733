using System.Text;
using Google.Protobuf;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Web;

public sealed class GrpcWebFuzzTests
{
    private const int Bodies = 3000;
    private const int InParallel = 8;

    [Fact]
    public async Task Thousands_of_damaged_bodies_each_get_a_status_and_none_surprises_the_server()
    {
        using var log = new LogText();
        await using var server = await TestServer.StartAsync(TestServer.Options with
        {
            Sessions = new Sessions.SessionOptions { BrickWait = TimeSpan.FromMilliseconds(50), MaxSessions = 16 },
            Limits = new LimitSettings { CallsPerSecond = null },
            Log = new LogSettings { Level = Microsoft.Extensions.Logging.LogLevel.Error, Output = log },
        });
        using var client = server.NewWebClient();
        var session = await server.Sessions.OpenEllipsoidAsync();
        (string Method, IMessage Message)[] calls =
        [
            ("/segbridge.v1.Sessions/OpenSession", Ellipsoid.Open()),
            ("/segbridge.v1.Sessions/EstimateMemory", new EstimateMemoryRequest { Volume = Ellipsoid.Open().Volume }),
            ("/segbridge.v1.Sessions/PutBricks", new PutBricksRequest { SessionId = session, Bricks = { Ellipsoid.Bricks().Take(2) } }),
            ("/segbridge.v1.Sessions/Predict", Ellipsoid.Prompted(session)),
            ("/segbridge.v1.Sessions/GetMask", new GetMaskRequest { SessionId = session, SegmentId = "liver", Box = new VoxelBox { Lower = new VoxelIndex(), Upper = new VoxelIndex { I = 9, J = 9, K = 9 } } }),
            ("/segbridge.v1.Sessions/PutSegment", new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "liver", Name = "Liver", Color = 9 } }),
            ("/segbridge.v1.Export/ExportSegments", new ExportRequest { SessionId = session, Format = FileFormat.Nifti }),
        ];
        // A whole prediction takes as long as a hundred refusals.
        var random = new Random(20);
        var work = Enumerable.Range(0, Bodies).Select(n => calls[n % 40 < 38 ? n % 3 : 3 + random.Next(4)]).Select(call => (call.Method, Body: Damage(WebReply.Frame(call.Message), random), IsText: random.Next(3) == 0)).ToList();

        var answered = 0;
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = InParallel }, async (call, _) =>
        {
            var body = call.IsText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(call.Body)) : call.Body;
            var reply = await WebReply.CallAsync(client, call.Method, body, call.IsText ? "application/grpc-web-text" : "application/grpc-web+proto");
            Assert.InRange(reply.Status, 0, 16);
            Interlocked.Increment(ref answered);
        });

        Assert.Equal(Bodies, answered);
        Assert.Equal("", log.ToString());
        Assert.Equal(1u, (await server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { Ellipsoid.Bricks().First() } })).Stored);
    }

    private static byte[] Damage(byte[] frame, Random random)
    {
        var body = frame.ToList();
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(6))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    body.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when body.Count > 1:
                    body.RemoveAt(at);
                    break;
                case 4 when body.Count > 1:
                    body.RemoveRange(at, body.Count - at);
                    body.Add((byte)random.Next(256));
                    break;
                default:
                    // A right frame around a damaged message reaches deeper than a damaged frame.
                    FixLength(body);
                    break;
            }
        }

        if (random.Next(3) > 0)
        {
            FixLength(body);
        }

        return [.. body];
    }

    private static void FixLength(List<byte> body)
    {
        while (body.Count < 5)
        {
            body.Add(0);
        }

        var length = body.Count - 5;
        (body[0], body[1], body[2], body[3], body[4]) = (0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length);
    }
}
