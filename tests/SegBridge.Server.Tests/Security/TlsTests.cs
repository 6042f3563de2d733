using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;
using SegBridge.Server.Tests.Web;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Security;

public sealed class TlsTests
{
    [Fact]
    public async Task One_port_serves_gRPC_and_gRPC_Web_to_clients_that_pin_the_fingerprint()
    {
        await using var server = await ServerHost.StartAsync(TestServer.Options with { Tls = new TlsSettings.SelfSigned() });
        Assert.Equal(server.Grpc, server.Http);
        Assert.Equal("https", server.Grpc.Scheme);
        Assert.Matches("^[0-9A-F]{64}$", server.Fingerprint);

        using var channel = GrpcChannel.ForAddress(server.Grpc, new GrpcChannelOptions { HttpHandler = Pinning(server.Fingerprint!) });
        await new V1.Models.ModelsClient(channel).ListModelsAsync(new ListModelsRequest());

        using var web = new HttpClient(Pinning(server.Fingerprint!))
        {
            BaseAddress = server.Http,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var reply = await WebReply.CallAsync(web, "/segbridge.v1.Models/ListModels", WebReply.Frame(new ListModelsRequest()));
        Assert.Equal((HttpVersion.Version11, 0), (reply.Response.Version, reply.Status));

        // gRPC-Web over HTTP/2, as browsers do with TLS.
        using var browser = new HttpClient(Pinning(server.Fingerprint!)) { BaseAddress = server.Http, DefaultRequestVersion = HttpVersion.Version20 };
        using var request = WebReply.Request("/segbridge.v1.Models/ListModels", WebReply.Frame(new ListModelsRequest()));
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using var response = await browser.SendAsync(request);
        Assert.Equal(0, WebReply.Parse(response, await response.Content.ReadAsByteArrayAsync()).Status);

        using var wrong = new HttpClient(Pinning(new string('0', 64))) { BaseAddress = server.Http };
        await Assert.ThrowsAsync<HttpRequestException>(() => wrong.GetAsync("/health/live"));
    }

    [Fact]
    public async Task A_certificate_kept_in_a_file_is_the_same_after_a_restart_and_readable_by_its_owner_only()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "server.pem");
            var options = TestServer.Options with { Tls = new TlsSettings.SelfSigned(file) };
            string? first;
            await using (var server = await ServerHost.StartAsync(options))
            {
                first = server.Fingerprint;
            }

            await using (var server = await ServerHost.StartAsync(options))
            {
                Assert.Equal(first, server.Fingerprint);
            }

            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            // The same file does for an operator's certificate too.
            await using (var server = await ServerHost.StartAsync(options with { Tls = new TlsSettings.FromPem(file, file) }))
            {
                Assert.Equal(first, server.Fingerprint);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_certificate_names_this_computer_and_uses_P_256()
    {
        using var certificate = Tls.SelfSignedCertificate.Create(IPAddress.Parse("192.0.2.7"), DateTimeOffset.UtcNow);
        using var key = certificate.GetECDsaPublicKey();
        Assert.Equal(256, key!.KeySize);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(certificate.MatchesHostname("192.0.2.7"));
        Assert.False(certificate.MatchesHostname("example.com"));
    }

    [Fact]
    public async Task A_certificate_that_is_none_keeps_the_server_from_starting()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "not a certificate");
            var options = TestServer.Options with { Tls = new TlsSettings.FromPem(file, file) };
            var error = await Assert.ThrowsAsync<ServerConfigurationException>(() => ServerHost.StartAsync(options));
            Assert.Contains("PEM", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static SocketsHttpHandler Pinning(string fingerprint) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == fingerprint,
        },
    };
}
