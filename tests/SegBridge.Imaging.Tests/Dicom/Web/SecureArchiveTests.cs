using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom.Web;

/// <summary>Archives with certificates that an authority of the hospital's own vouches for.</summary>
public sealed class SecureArchiveTests
{
    [Fact]
    public async Task Only_the_named_authority_makes_a_certificate_trusted_and_only_for_its_host()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create();
        using var authority = Authority("CN=hospital", key);
        using var otherKey = ECDsa.Create();
        using var other = Authority("CN=other", otherKey);
        await File.WriteAllTextAsync(folder["ca.pem"], authority.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["other.pem"], other.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["empty.pem"], "");
        using var certificate = ServerCertificate(authority);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = AnswerAsync(listener, certificate);
        var url = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/dicom-web";

        Assert.Empty(await SearchAsync(url, folder["ca.pem"]));
        foreach (var (address, file) in new[] { (url, folder["other.pem"]), (url, null), (url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), folder["ca.pem"]) })
        {
            var untrusted = await Assert.ThrowsAsync<DicomWebException>(() => SearchAsync(address, file));
            Assert.Equal(DicomWebProblem.Unreachable, untrusted.Problem);
            Assert.Contains("certificate", untrusted.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<DicomWebConfigurationException>(() => SearchAsync(url, folder["empty.pem"]));
        await Assert.ThrowsAsync<DicomWebConfigurationException>(() => SearchAsync(url, folder["missing.pem"]));
    }

    private static async Task<IReadOnlyList<Imaging.Dicom.DicomDataset>> SearchAsync(string url, string? authorities)
    {
        using var client = new DicomWebClient(new DicomWebArchive { Url = new Uri(url), CertificateAuthorityFile = authorities });
        return await client.SearchStudiesAsync(DicomWebQuery.All, default);
    }

    private static X509Certificate2 Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 ServerCertificate(X509Certificate2 authority)
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3, 4]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    // No studies, to everybody who gets that far.
    private static async Task AnswerAsync(TcpListener listener, X509Certificate2 certificate)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var secure = new SslStream(client.GetStream());
                try
                {
                    await secure.AuthenticateAsServerAsync(certificate);
                    await secure.ReadAtLeastAsync(new byte[4096], 1);
                    await secure.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"));
                }
                catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
                {
                }
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }
}
