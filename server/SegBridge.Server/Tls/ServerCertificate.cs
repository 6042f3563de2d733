using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Tls;

/// <summary>Finds or makes the certificate that <see cref="TlsSettings"/> asks for.</summary>
internal static class ServerCertificate
{
    /// <param name="settings">Where it comes from.</param>
    /// <param name="address">The bound address, which a self-signed certificate names too.</param>
    /// <param name="now">Decides whether a kept certificate has expired.</param>
    /// <exception cref="ServerConfigurationException">A file cannot be read, written or understood.</exception>
    public static X509Certificate2 Of(TlsSettings settings, IPAddress address, DateTimeOffset now)
    {
        switch (settings)
        {
            case TlsSettings.FromPem pem:
                return Load(pem.CertificateFile, pem.KeyFile);
            case TlsSettings.SelfSigned { File: null }:
                return SelfSignedCertificate.Create(address, now);
            case TlsSettings.SelfSigned { File: { } file }:
                return Kept(file, address, now);
            default:
                throw new ServerConfigurationException($"TLS settings must be SelfSigned or FromPem, got {settings.GetType().Name}");
        }
    }

    /// <summary>SHA-256 of the certificate's DER form, upper-case hexadecimal.</summary>
    public static string FingerprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static X509Certificate2 Kept(string file, IPAddress address, DateTimeOffset now)
    {
        if (File.Exists(file))
        {
            var kept = Load(file, file);
            if (kept.NotAfter > now.LocalDateTime)
            {
                return kept;
            }

            kept.Dispose();
        }

        var made = SelfSignedCertificate.Create(address, now);
        try
        {
            Write(file, $"{made.ExportCertificatePem()}\n{PrivateKeyPem(made)}\n");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ServerConfigurationException($"the self-signed certificate cannot be kept in {file}: {cause.Message}", cause);
        }

        return made;
    }

    private static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            using var ephemeral = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return SelfSignedCertificate.Usable(ephemeral);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ServerConfigurationException(
                $"the TLS certificate {certificateFile} with the key {keyFile} cannot be used: {cause.Message} Both must be PEM, the key unencrypted and the certificate's own", cause);
        }
    }

    private static string PrivateKeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey();
        return key!.ExportPkcs8PrivateKeyPem();
    }

    // Readable by its owner only, from the moment it exists.
    private static void Write(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(file);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
