using System.Text.Json;
using Grpc.Core;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Logging;

public sealed class LogTests
{
    [Theory]
    [InlineData(LogFormat.Text)]
    [InlineData(LogFormat.Json)]
    public async Task The_log_tells_of_every_call_and_of_nobodys_data(LogFormat format)
    {
        var keyFile = Path.GetTempFileName();
        var (key, line) = ApiKeyFile.Create("ward-3");
        await File.WriteAllTextAsync(keyFile, line);
        using var log = new LogText();
        string session;
        var bearer = new Metadata { { "authorization", $"Bearer {key}" } };
        await using (var server = await TestServer.StartAsync(
            TestServer.Options with { KeyFile = keyFile, Log = new LogSettings { Format = format, Output = log, Level = Microsoft.Extensions.Logging.LogLevel.Trace } }, bearer))
        {
            session = await RunAsync(server, bearer);
        }

        File.Delete(keyFile);
        var text = log.ToString();
        foreach (var secret in new[] { "Zebrafish", "zebra-segment", "1234.5", "4321.5", "777.25", session, key, "Bearer", "secret-model", "SCT^", "secret-request", "/secret/path" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains(session[..8], text, StringComparison.Ordinal);
        Assert.Contains("ward-3", text, StringComparison.Ordinal);
        foreach (var method in new[] { "OpenSession", "PutBricks", "Predict", "PutSegment", "Undo", "GetMask", "CloseSession" })
        {
            Assert.Contains($"/segbridge.v1.Sessions/{method}", text, StringComparison.Ordinal);
        }

        Assert.Contains("InvalidArgument", text, StringComparison.Ordinal);
        Assert.Contains("NotFound", text, StringComparison.Ordinal);
        if (format == LogFormat.Json)
        {
            foreach (var row in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var parsed = JsonDocument.Parse(row);
                Assert.NotEmpty(parsed.RootElement.GetProperty("message").GetString()!);
            }
        }
    }

    private static async Task<string> RunAsync(TestServer server, Metadata bearer)
    {
        var client = server.Sessions;
        var open = Ellipsoid.Open();
        open.Volume.DisplayWindow = new IntensityWindow { Lower = -1234.5, Upper = 4321.5 };
        open.Volume.Geometry.Origin.L = 777.25;
        var session = (await client.OpenSessionAsync(open, bearer)).SessionId;
        await client.PutBricksAsync(Ellipsoid.Put(session), bearer);
        await client.PutSegmentAsync(
            new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "zebra-segment", Name = "Zebrafish", Terminology = "SCT^1^Fish" } }, bearer);
        await client.Predict(Ellipsoid.Prompted(session, "zebra-segment"), bearer).AllAsync();
        await client.UndoAsync(new HistoryRequest { SessionId = session, SegmentId = "zebra-segment" }, bearer);
        await client.GetMaskAsync(new GetMaskRequest { SessionId = session, SegmentId = "zebra-segment" }, bearer);

        var wrong = Ellipsoid.Prompted(session, "zebra-segment");
        (wrong.Window, wrong.RequestId) = (new IntensityWindow { Lower = 4321.5, Upper = 1234.5 }, "secret-request");
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => client.Predict(wrong, bearer).AllAsync());
        wrong.Window = null;
        wrong.ModelId = "secret-model";
        await CallExtensions.FailsAsync(StatusCode.NotFound, () => client.Predict(wrong, bearer).AllAsync());
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await client.KeepAliveAsync(new KeepAliveRequest { SessionId = "Zebrafish" }, bearer));
        using var web = server.NewWebClient();
        using var reply = await web.PostAsync("/secret/path", new StringContent("Zebrafish"));
        await client.CloseSessionAsync(new CloseSessionRequest { SessionId = session }, bearer);
        return session;
    }
}
