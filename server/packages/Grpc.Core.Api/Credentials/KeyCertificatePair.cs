namespace Grpc.Core;

/// <summary>A certificate chain and its private key, both PEM.</summary>
public sealed class KeyCertificatePair(string certificateChain, string privateKey)
{
    /// <summary>Certificate chain, PEM.</summary>
    public string CertificateChain { get; } = certificateChain ?? throw new ArgumentNullException(nameof(certificateChain));

    /// <summary>Private key, PEM.</summary>
    public string PrivateKey { get; } = privateKey ?? throw new ArgumentNullException(nameof(privateKey));
}
