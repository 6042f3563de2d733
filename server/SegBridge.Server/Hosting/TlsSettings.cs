namespace SegBridge.Server.Hosting;

/// <summary>Where the server's certificate comes from.</summary>
public abstract record TlsSettings
{
    private TlsSettings()
    {
    }

    /// <summary>
    /// A certificate made by the server: ECDSA P-256, for localhost, the loopback addresses, the bound address and the
    /// host name. Clients trust it by its fingerprint (<see cref="RunningServer.Fingerprint"/>).
    /// </summary>
    /// <param name="File">
    /// PEM file (certificate and private key) that keeps the certificate over restarts; made when it does not exist or
    /// has expired. Null: a new certificate at each start, in memory only.
    /// </param>
    public sealed record SelfSigned(string? File = null) : TlsSettings;

    /// <summary>A certificate of the operator's.</summary>
    /// <param name="CertificateFile">PEM with the certificate, followed by those between it and its root, if any.</param>
    /// <param name="KeyFile">PEM with its private key, not encrypted.</param>
    public sealed record FromPem(string CertificateFile, string KeyFile) : TlsSettings;
}
