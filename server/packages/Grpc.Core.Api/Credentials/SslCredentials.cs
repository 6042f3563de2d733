namespace Grpc.Core;

/// <summary>TLS credentials of a client.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    private readonly VerifyPeerCallback? _verifyPeerCallback;

    /// <summary>Trusts the machine's roots.</summary>
    public SslCredentials()
        : this(null)
    {
    }

    /// <summary>Trusts the given PEM roots; null means the machine's.</summary>
    public SslCredentials(string? rootCertificates)
        : this(rootCertificates, null)
    {
    }

    /// <summary>Also presents a client certificate.</summary>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair)
        : this(rootCertificates, keyCertificatePair, null)
    {
    }

    /// <summary>Also asks a callback whether the server is the right one.</summary>
    public SslCredentials(
        string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        RootCertificates = rootCertificates;
        KeyCertificatePair = keyCertificatePair;
        _verifyPeerCallback = verifyPeerCallback;
    }

    /// <summary>Trusted roots, PEM; null means the machine's.</summary>
    public string? RootCertificates { get; }

    /// <summary>The client's certificate, or null.</summary>
    public KeyCertificatePair? KeyCertificatePair { get; }

    internal override bool IsComposable => true;

    /// <inheritdoc />
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, _verifyPeerCallback);
}
