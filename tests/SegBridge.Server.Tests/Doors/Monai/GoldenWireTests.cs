using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors.Monai;

/// <summary>
/// Captures of the wire, request by request and byte for byte, replayed in their order. In replies only what cannot be the
/// same twice is left out of the comparison: dates, times, ids, the list of models, and how gzip packs. With
/// SEGBRIDGE_RECORD set, the replies are written down anew instead.
/// </summary>
public sealed partial class GoldenWireTests
{
    // Stands for the session's id in the captures, and is as long.
    private const string Session = "5e5510115e5510115e5510115e551011";
    private const string Boundary = "\r\n--segbridge-";

    private static string Folder { get; } = Path.Combine(TestServer.BundleFolder, "..", "..", "tests", "SegBridge.Server.Tests", "Doors", "Monai", "Golden");

    [Fact]
    public async Task Every_captured_request_gets_the_captured_reply()
    {
        await using var server = await TestServer.StartAsync(MonaiServer.Options);
        var port = server.Running.Doors[0].Address.Port;
        var session = Session;
        var requests = Directory.GetFiles(Folder, "*.request").Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(requests);
        foreach (var path in requests)
        {
            var request = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)).Replace(Session, session, StringComparison.Ordinal);
            var reply = await ExchangeAsync(port, Encoding.Latin1.GetBytes(request));
            if (SessionId().Match(reply) is { Success: true } made)
            {
                session = made.Groups[1].Value;
            }

            var expected = Path.ChangeExtension(path, ".response");
            var got = Normalised(reply.Replace(session, Session, StringComparison.Ordinal));
            if (Environment.GetEnvironmentVariable("SEGBRIDGE_RECORD") is { Length: > 0 })
            {
                await File.WriteAllBytesAsync(expected, Encoding.Latin1.GetBytes(got));
                continue;
            }

            Assert.True(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(expected)) == got, $"{Path.GetFileName(path)} got:\n{got}");
        }
    }

    private static async Task<string> ExchangeAsync(int port, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(request);
        using var reply = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (!IsWhole(reply, request))
        {
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.NotEqual(0, read);
            reply.Write(buffer, 0, read);
        }

        return Encoding.Latin1.GetString(reply.ToArray());
    }

    private static bool IsWhole(MemoryStream reply, byte[] request)
    {
        var text = Encoding.Latin1.GetString(reply.GetBuffer(), 0, (int)reply.Length);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        // Without a length the reply would be in chunks, which no client of these can read.
        var length = int.Parse(Length().Match(text).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        return text.Length == end + 4 + (request.AsSpan().StartsWith("HEAD"u8) ? 0 : length);
    }

    private static string Normalised(string reply)
    {
        reply = Inflated(reply);
        reply = Date().Replace(reply, "Date: *\r\n");
        reply = Length().Replace(reply, "Content-Length: *\r\n");
        reply = Times().Replace(reply, "\"$1\":0");
        return Models().Replace(Version().Replace(reply, "\"version\":\"*\""), "\"models\":{},\"trainers\"");
    }

    // What a gzip member holds takes its place.
    private static string Inflated(string reply)
    {
        var start = reply.IndexOf("encoding: gzip", StringComparison.Ordinal) < 0 ? -1 : reply.IndexOf("\x1F\x8B\x08", StringComparison.Ordinal);
        if (start < 0)
        {
            return reply;
        }

        var tail = reply.LastIndexOf(Boundary, StringComparison.Ordinal);
        using var gzip = new GZipStream(new MemoryStream(Encoding.Latin1.GetBytes(reply[start..tail])), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        gzip.CopyTo(inflated);
        return reply[..start] + Encoding.Latin1.GetString(inflated.ToArray()) + reply[tail..];
    }

    [GeneratedRegex("\"session_id\":\"([0-9a-f]{32})\"")]
    private static partial Regex SessionId();

    [GeneratedRegex("Date: [^\r]*\r\n")]
    private static partial Regex Date();

    [GeneratedRegex("Content-Length: ([0-9]+)\r\n")]
    private static partial Regex Length();

    [GeneratedRegex("\"(create_ts|last_access_ts|ts|latencies\":{\"total)\":[0-9.E-]+")]
    private static partial Regex Times();

    [GeneratedRegex("\"version\":\"[^\"]*\"")]
    private static partial Regex Version();

    [GeneratedRegex("\"models\":{.*},\"trainers\"")]
    private static partial Regex Models();
}
