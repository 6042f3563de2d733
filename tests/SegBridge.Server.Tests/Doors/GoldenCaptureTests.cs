using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SegBridge.Server.Tests.Doors;

/// <summary>
/// Replays what clients sent and compares what comes back with what came then, byte by byte; of predicted masks what they hold.
/// Their voxels are the same each time on one computer, but not on all: the sums of a network are rounded in an order that
/// depends on the processor's instructions, so that a voxel at the edge may fall on the other side. What no network makes, such as
/// the mask after an undo, is compared byte by byte. tests/e2e/capture_nninteractive.py writes the captures.
/// </summary>
[Collection(DoorServerGroup.Name)]
public sealed partial class GoldenCaptureTests(DoorServer shared)
{
    private const int Rows = 40;
    private const int Columns = 48;
    private const int Voxels = 5 * Rows * Columns;
    private static readonly string LeaseMark = new('L', 32);

    [Fact]
    public async Task The_second_protocol_is_answered_as_it_was()
    {
        var (then, now, lease, before) = (new byte[Voxels], new byte[Voxels], "", new byte[Voxels]);
        await ReplayAsync("nninteractive-v2.json", "/m/scribble-2d", (sent, expected, body) =>
        {
            if (sent.Path == "/claim")
            {
                lease = JsonDocument.Parse(body).RootElement.GetProperty("lease_token").GetString()!;
            }

            var (wanted, got) = (Convert.FromBase64String(expected.Body), body);
            if (expected.Headers["content-type"] == "application/json")
            {
                Assert.Equal(Comparable(Encoding.UTF8.GetString(wanted)), Comparable(Encoding.UTF8.GetString(got).Replace(lease.Length > 0 ? lease : LeaseMark, LeaseMark, StringComparison.Ordinal)));
                return;
            }

            Assert.Equal(wanted.Length == 0, got.Length == 0);
            if (wanted.Length > 0)
            {
                var last = now.ToArray();
                Apply(wanted, expected.Headers["x-meta"], then);
                Apply(got, sent.ReplyMeta!, now);
                AssertSame(then, now);
                if (sent.Path == "/undo")
                {
                    Assert.Equal(before, now);
                }

                before = last;
            }
            else
            {
                Assert.Equal(expected.Headers["x-meta"], sent.ReplyMeta);
            }
        }, () => lease);
        Assert.Contains((byte)1, now);
    }

    [Fact]
    public async Task The_first_protocol_is_answered_as_it_was() => await ReplayAsync("nninteractive-legacy.json", "/u/golden/m/scribble-2d", (_, expected, got) =>
    {
        var wanted = Convert.FromBase64String(expected.Body);
        if (expected.Headers["content-type"] == "application/json")
        {
            Assert.Equal(Encoding.UTF8.GetString(wanted), Encoding.UTF8.GetString(got));
        }
        else
        {
            AssertSame(Bits(wanted), Bits(got));
        }
    }, () => "");

    private async Task ReplayAsync(string file, string prefix, Action<Sent, Reply, byte[]> compare, Func<string> lease)
    {
        var captures = JsonSerializer.Deserialize<Exchange[]>(await File.ReadAllTextAsync(Path.Combine(Folder(), file)), JsonSerializerOptions.Web)!;
        Assert.NotEmpty(captures);
        using var client = new HttpClient { BaseAddress = shared.Server.Running.Doors[0].Address };
        foreach (var (method, path, headers, body, expected) in captures)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), prefix + path);
            if (method == "POST")
            {
                request.Content = new ByteArrayContent(Convert.FromBase64String(body));
            }

            foreach (var (name, value) in headers)
            {
                var text = value.Replace(LeaseMark, lease(), StringComparison.Ordinal);
                Assert.True(request.Headers.TryAddWithoutValidation(name, text) || request.Content!.Headers.TryAddWithoutValidation(name, text) || name == "Content-Length");
            }

            using var reply = await client.SendAsync(request);
            Assert.Equal(expected.Status, (int)reply.StatusCode);
            Assert.Equal(expected.Headers["content-type"], reply.Content.Headers.ContentType!.ToString());
            Assert.Equal(expected.Headers.GetValueOrDefault("content-encoding") ?? "", string.Join(",", reply.Content.Headers.ContentEncoding));
            Assert.NotNull(reply.Content.Headers.ContentLength);
            var meta = reply.Headers.TryGetValues("X-Meta", out var values) ? values.Single() : null;
            compare(new Sent(path, meta), expected, await reply.Content.ReadAsByteArrayAsync());
        }
    }

    // Times that run, and versions.
    private static string Comparable(string json) => Running().Replace(json, "$1…");

    private static void Apply(byte[] nnia, string meta, byte[] buffer)
    {
        var box = JsonDocument.Parse(meta).RootElement.GetProperty("bbox").EnumerateArray().Select(pair => (From: pair[0].GetInt32(), To: pair[1].GetInt32())).ToArray();
        var (region, at) = (V2Caller.Voxels(nnia), 0);
        for (var k = box[0].From; k < box[0].To; k++)
        {
            for (var j = box[1].From; j < box[1].To; j++)
            {
                region.AsSpan(at, box[2].To - box[2].From).CopyTo(buffer.AsSpan((((k * Rows) + j) * Columns) + box[2].From));
                at += box[2].To - box[2].From;
            }
        }
    }

    private static byte[] Bits(byte[] gzip)
    {
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        var bits = new byte[(Voxels + 7) / 8];
        stream.ReadExactly(bits);
        Assert.Equal(-1, stream.ReadByte());
        return [.. Enumerable.Range(0, Voxels).Select(n => (byte)(bits[n / 8] >> (7 - (n % 8)) & 1))];
    }

    private static void AssertSame(byte[] then, byte[] now)
    {
        var both = then.Zip(now).Count(pair => (pair.First & pair.Second) != 0);
        var all = then.Count(voxel => voxel != 0) + now.Count(voxel => voxel != 0);
        Assert.True(all == 0 || 2.0 * both / all > 0.98, $"{both} voxels in common of {all / 2}");
    }

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "vectors", "doors"));

    [GeneratedRegex("(\"remaining_seconds\":|\"inference_session_version\":)[^,}]*")]
    private static partial Regex Running();

    private sealed record Exchange(string Method, string Path, Dictionary<string, string> Headers, string Body, Reply Reply);

    private sealed record Reply(int Status, Dictionary<string, string> Headers, string Body);

    private sealed record Sent(string Path, string? ReplyMeta);
}
