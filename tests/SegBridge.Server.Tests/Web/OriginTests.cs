using System.Net;
using System.Security.Cryptography;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Web;

public sealed class OriginTests
{
    private const string List = "/segbridge.v1.Models/ListModels";
    private const string Viewer = "https://viewer.example";

    [Fact]
    public async Task Pages_of_an_allowed_origin_may_call_and_others_may_not()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { AllowedOrigins = [Viewer] });
        using var client = server.NewWebClient();

        using var preflight = await SendAsync(client, Preflight(Viewer));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal([Viewer], preflight.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains("x-grpc-web", string.Join(',', preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);

        using var call = await SendAsync(client, Call(Viewer));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.Equal([Viewer], call.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains("grpc-status", string.Join(',', call.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.OrdinalIgnoreCase);

        using var foreignPreflight = await SendAsync(client, Preflight("https://elsewhere.example"));
        Assert.False(foreignPreflight.Headers.Contains("Access-Control-Allow-Origin"));
        using var foreign = await SendAsync(client, Call("https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Fact]
    public async Task A_foreign_name_for_this_computer_does_not_make_a_page_ours()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        using var own = await SendAsync(client, Call(server.Running.Http.ToString().TrimEnd('/')));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        var rebound = Call($"http://rebound.example:{server.Running.Http.Port}");
        rebound.Headers.Host = $"rebound.example:{server.Running.Http.Port}";
        using var reply = await SendAsync(client, rebound);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Contains($"--allow-origin http://rebound.example:{server.Running.Http.Port}", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_ours_by_the_name_of_this_computer()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        Assert.Equal(HttpStatusCode.OK, await StatusOfOwnPageAsync(client, $"http://{Dns.GetHostName()}:{server.Running.Http.Port}"));
    }

    [Fact]
    public async Task Over_tls_a_page_is_ours_by_any_name_of_the_certificate()
    {
        await using var server = await ServerHost.StartAsync(TestServer.Options with { Tls = new TlsSettings.SelfSigned() });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == server.Fingerprint },
        })
        {
            BaseAddress = server.Http,
        };
        Assert.Equal(HttpStatusCode.OK, await StatusOfOwnPageAsync(client, $"https://reading-room.example:{server.Http.Port}"));
        using var foreign = await SendAsync(client, Call("https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Fact]
    public async Task With_keys_a_page_is_ours_by_any_name_and_still_needs_its_key()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, ApiKeyFile.Create("ward-3").Line);
            await using var server = await ServerHost.StartAsync(TestServer.Options with { KeyFile = file });
            using var client = new HttpClient { BaseAddress = server.Http };
            var origin = $"http://reading-room.example:{server.Http.Port}";
            var call = Call(origin);
            call.Headers.Host = new Uri(origin).Authority;
            using var reply = await SendAsync(client, call);
            Assert.Equal(16, WebReply.Parse(reply, await reply.Content.ReadAsByteArrayAsync()).Status);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<HttpStatusCode> StatusOfOwnPageAsync(HttpClient client, string origin)
    {
        var call = Call(origin);
        call.Headers.Host = new Uri(origin).Authority;
        using var reply = await SendAsync(client, call);
        return reply.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            return await client.SendAsync(request);
        }
    }

    private static HttpRequestMessage Call(string origin)
    {
        var request = WebReply.Request(List, WebReply.Frame(new ListModelsRequest()));
        request.Headers.Add("Origin", origin);
        return request;
    }

    private static HttpRequestMessage Preflight(string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, List);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type,x-grpc-web");
        return request;
    }
}
