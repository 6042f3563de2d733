using System.Globalization;
using System.Text;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

/// <summary>Damaged calls of both protocols. SEGBRIDGE_FUZZ_BODIES says how many; 1500 unless it is set.</summary>
public sealed class DoorFuzzTests
{
    private const int InParallel = 8;
    private const long MaxImageBytes = 4 << 20;

    private static readonly int Bodies =
        int.TryParse(Environment.GetEnvironmentVariable("SEGBRIDGE_FUZZ_BODIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var bodies) ? bodies : 1500;

    [Fact]
    public async Task Damaged_calls_each_get_an_answer_and_none_surprises_the_server()
    {
        using var log = new LogText();
        await using var server = await TestServer.StartAsync(V2Caller.Options with
        {
            Sessions = new Sessions.SessionOptions { MaxSessions = 40, MaxBrickBytesPerSession = MaxImageBytes },
            Limits = new LimitSettings { CallsPerSecond = null },
            Log = new LogSettings { Level = Microsoft.Extensions.Logging.LogLevel.Error, Output = log },
        });
        using var caller = await new V2Caller(server).InitializeAsync();
        using var legacy = new LegacyCaller(server, "fuzz");
        await legacy.UploadImageAsync();
        var calls = Calls(caller.Lease!);
        var random = new Random(21);
        // A prediction takes as long as a hundred refusals: most bodies are those that only readers see.
        var work = Enumerable.Range(0, Bodies).Select(n => calls[n % 20 == 0 ? random.Next(calls.Length) : n % 4]).Select(call => (Call: call, Body: Damage(call.Body, random), Meta: random.Next(4) == 0 ? Scribbled(call.Meta, random) : call.Meta)).ToList();

        var (answered, before) = (0, GC.GetTotalAllocatedBytes());
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = InParallel }, async (damaged, cancellation) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, damaged.Call.Path) { Content = new ByteArrayContent(damaged.Body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", damaged.Call.ContentType);
            request.Headers.TryAddWithoutValidation("X-Meta", damaged.Meta);
            if (damaged.Call.Lease is { } lease)
            {
                request.Headers.TryAddWithoutValidation("X-Lease-Token", lease);
            }

            using var reply = await caller.Http.SendAsync(request, cancellation);
            Assert.True((int)reply.StatusCode < 500 || (int)reply.StatusCode == 503, $"{damaged.Call.Path}: {(int)reply.StatusCode}");
            Interlocked.Increment(ref answered);
        });

        Assert.Equal(Bodies, answered);
        Assert.Equal("", log.ToString());
        Assert.InRange((GC.GetTotalAllocatedBytes() - before) / Bodies, 0, 3 * MaxImageBytes);
        using var after = await new V2Caller(server).InitializeAsync();
        Assert.True((bool)(await after.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI))["ran_prediction"]!);
    }

    private static Call[] Calls(string lease)
    {
        const string Array = "application/octet-stream";
        const string Form = "multipart/form-data; boundary=B";
        const string Json = "application/json";
        var mask = V2Caller.Nnia("uint8", [1, 8, 8], [.. Enumerable.Range(0, 64).Select(n => (byte)(n % 3))]);
        var image = V2Caller.Nnia("int16", [1, 4, 8, 8], new byte[512]);
        byte[] FormOf(byte[] file) => [.. Encoding.ASCII.GetBytes("--B\r\nContent-Disposition: form-data; name=\"positive_click\"\r\n\r\nTrue\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v\"\r\n\r\n"), .. file, .. "\r\n--B--\r\n"u8];
        return
        [
            new("/m/scribble-2d/set_image", Array, image, """{"image_properties":{"spacing":[2.5,0.8,0.8]}}""", lease),
            new("/u/fuzz/upload_image", Form, FormOf(LegacyCaller.Npy("<i2", 4, 8, 8, new byte[512])), "", null),
            new("/u/fuzz/upload_segment", Form, FormOf(LegacyCaller.Mask(1, (k, j, i) => k == 1 && j == 2)), "", null),
            new("/m/scribble-2d/add_scribble_interaction", Array, mask, """{"include_interaction":true,"run_prediction":false,"interaction_bbox":[[1,2],[0,8],[0,8]]}""", lease),
            new("/add_lasso_interaction", Array, mask, """{"include_interaction":false,"run_prediction":true,"interaction_bbox":[[1,2],[0,8],[0,8]]}""", lease),
            new("/add_initial_seg_interaction", Array, V2Caller.Nnia("bool", [4, 8, 8], new byte[256]), """{"run_prediction":false}""", lease),
            new("/add_point_interaction", Json, "{\"coordinates\":[1,2,3],\"include_interaction\":true,\"run_prediction\":false}"u8.ToArray(), "", lease),
            new("/add_bbox_interaction", Json, "{\"bbox_coords\":[[1,2],[2,7],[1,6]],\"run_prediction\":true}"u8.ToArray(), "", lease),
            new("/set_target_buffer", Json, "{\"shape\":[4,8,8],\"dtype\":\"uint8\"}"u8.ToArray(), "", lease),
            new("/u/fuzz/add_point_interaction", Json, "{\"voxel_coord\":[1,2,3],\"positive_click\":true}"u8.ToArray(), "", null),
            new("/u/fuzz/add_bbox_interaction", Json, "{\"outer_point_one\":[1,2,3],\"outer_point_two\":[1,6,7],\"positive_click\":true}"u8.ToArray(), "", null),
            new("/u/fuzz/add_scribble_interaction", Form, FormOf(LegacyCaller.Mask(255, (k, j, i) => k == 1 && j == 2)), "", null),
        ];
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        var body = whole.ToList();
        for (var n = random.Next(1, 5); n > 0 && body.Count > 0; n--)
        {
            var at = random.Next(2) == 0 ? random.Next(body.Count) : random.Next(Math.Min(body.Count, 80));
            switch (random.Next(5))
            {
                case 0:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    body[at] = (byte)(random.Next(2) * 255);
                    break;
                case 2:
                    body.RemoveRange(at, Math.Min(random.Next(1, 60), body.Count - at));
                    break;
                case 3:
                    body.InsertRange(at, body.GetRange(at, Math.Min(random.Next(1, 40), body.Count - at)));
                    break;
                default:
                    body[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. body];
    }

    // A header holds printable characters only.
    private static string Scribbled(string meta, Random random) =>
        string.Concat(meta.Select(character => random.Next(12) == 0 ? (char)random.Next(' ', '~') : character));

    private sealed record Call(string Path, string ContentType, byte[] Body, string Meta, string? Lease);
}
