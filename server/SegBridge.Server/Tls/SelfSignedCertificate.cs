using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SegBridge.Server.Tls;

/// <summary>Makes a certificate that vouches for itself: ECDSA P-256, valid for 397 days.</summary>
internal static class SelfSignedCertificate
{
    private const int ValidDays = 397;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static X509Certificate2 Create(IPAddress address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=SegBridge", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(NamesOf(address));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        // An hour back, for clocks of clients that are slow.
        using var ephemeral = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(ValidDays));
        return Usable(ephemeral);
    }

    /// <summary>The same certificate with its key where every platform's TLS finds it (Windows refuses a key in memory).</summary>
    public static X509Certificate2 Usable(X509Certificate2 ephemeral) =>
        X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);

    private static X509Extension NamesOf(IPAddress address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var any = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        if (!any && !IPAddress.IsLoopback(address))
        {
            names.AddIpAddress(address);
        }

        // Names that DNS cannot carry would make the extension invalid.
        var host = Dns.GetHostName();
        if (Uri.CheckHostName(host) == UriHostNameType.Dns && !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            names.AddDnsName(host);
        }

        return names.Build();
    }
}
