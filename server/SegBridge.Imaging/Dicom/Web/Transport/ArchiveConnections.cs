using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Connections to an archive: over the proxies that the environment names, with the certificates that its description trusts.</summary>
internal static class ArchiveConnections
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan NewAfter = TimeSpan.FromMinutes(5);

    /// <exception cref="DicomWebConfigurationException">The file of authorities cannot be used.</exception>
    public static SocketsHttpHandler Create(DicomWebArchive archive) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        ConnectTimeout = archive.Patience < ConnectWithin ? archive.Patience : ConnectWithin,
        PooledConnectionLifetime = NewAfter,
        SslOptions = archive.CertificateAuthorityFile is { } file
            ? new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyOf(file) }
            : new SslClientAuthenticationOptions(),
    };

    private static X509ChainPolicy PolicyOf(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new DicomWebConfigurationException($"the file of certificate authorities {file} cannot be read: {cause.Message}", cause);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new DicomWebConfigurationException($"the file {file} holds no certificate in PEM");
    }
}
