using System.Net;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

public sealed class DoorPortTests
{
    [Fact]
    public async Task A_door_has_only_its_own_calls_and_the_server_none_of_them()
    {
        await using var server = await TestServer.StartAsync(V2Caller.Options);
        Assert.Equal(("nninteractive", "127.0.0.1"), (server.Running.Doors.Single().Name, server.Running.Doors[0].Address.Host));
        using var caller = new V2Caller(server, "");
        Assert.Equal(404, (await V2Caller.RefusalAsync(caller.SendAsync("POST", "/segbridge.v1.Models/ListModels"))).Status);
        Assert.Equal(404, (await V2Caller.RefusalAsync(caller.SendAsync("GET", "/health/ready"))).Status);
        using (var refused = await caller.SendAsync("GET", "/claim"))
        {
            Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (refused.StatusCode, refused.Content.Headers.Allow.Single()));
        }

        // What watches over servers often asks for the head alone.
        using (var head = await caller.SendAsync("HEAD", "/healthz"))
        {
            Assert.Equal((HttpStatusCode.OK, 11), (head.StatusCode, head.Content.Headers.ContentLength));
        }

        Assert.Contains("'", await (await caller.SendAsync("POST", "/undo")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // A slash more at the end is what some clients add.
        Assert.True((bool)(await caller.JsonAsync("GET", "/healthz/"))["ok"]!);
        using var page = server.NewWebClient();
        Assert.Equal(HttpStatusCode.NotFound, (await page.PostAsync("/claim", null)).StatusCode);
    }

    [Fact]
    public async Task A_door_is_encrypted_as_the_server_is()
    {
        await using var server = await ServerHost.StartAsync(V2Caller.Options with { Tls = new TlsSettings.SelfSigned() });
        Assert.Equal("https", server.Doors[0].Address.Scheme);
        using var trusting = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == server.Fingerprint };
        using var client = new HttpClient(trusting) { BaseAddress = server.Doors[0].Address };
        Assert.Equal("""{"ok":true}""", await client.GetStringAsync("/healthz"));
        using var plain = new HttpClient { BaseAddress = new UriBuilder(server.Doors[0].Address) { Scheme = "http" }.Uri };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task The_log_has_a_line_for_each_call_and_no_key_in_any()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (key, line) = ApiKeyFile.Create("anna");
            await File.WriteAllLinesAsync(file, [line]);
            using var log = new LogText();
            await using (var server = await TestServer.StartAsync(
                V2Caller.Options with { KeyFile = file, Log = new LogSettings { Output = log } }, new Grpc.Core.Metadata { { "x-api-key", key } }))
            {
                using var caller = new V2Caller(server, $"/u/{key}/m/scribble-2d");
                await caller.JsonAsync("POST", "/claim");
                Assert.Equal(404, (await V2Caller.RefusalAsync(caller.SendAsync("GET", "/patient-name"))).Status);
                Assert.Equal(401, (await V2Caller.RefusalAsync(new V2Caller(server, "/u/wrong-key").SendAsync("POST", "/claim"))).Status);
            }

            var text = log.ToString();
            Assert.Contains("nninteractive POST /claim HTTP 200", text, StringComparison.Ordinal);
            Assert.Contains("nninteractive POST /claim HTTP 401", text, StringComparison.Ordinal);
            Assert.Contains("nninteractive unknown call HTTP 404", text, StringComparison.Ordinal);
            Assert.Contains("caller anna", text, StringComparison.Ordinal);
            foreach (var secret in (string[])[key, "wrong-key", "patient-name"])
            {
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Doors_need_ports_of_their_own()
    {
        var door = new DoorSettings(DoorKind.NnInteractive, 9123);
        var taken = await Assert.ThrowsAsync<ServerConfigurationException>(
            () => ServerHost.StartAsync(TestServer.Options with { GrpcPort = 9123, Doors = [door] }));
        Assert.Contains("port of its own", taken.Message, StringComparison.Ordinal);
        var twice = await Assert.ThrowsAsync<ServerConfigurationException>(
            () => ServerHost.StartAsync(TestServer.Options with { Doors = [door, door with { Port = 0 }] }));
        Assert.Contains("named twice", twice.Message, StringComparison.Ordinal);
    }
}
