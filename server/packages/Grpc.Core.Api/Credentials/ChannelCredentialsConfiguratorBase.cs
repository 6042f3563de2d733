namespace Grpc.Core;

/// <summary>Receives the parts of channel credentials; implemented by channels.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>The channel has no transport security.</summary>
    public abstract void SetInsecureCredentials(object state);

    /// <summary>The channel uses TLS.</summary>
    public abstract void SetSslCredentials(
        object state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback);

    /// <summary>The channel sends call credentials with every call.</summary>
    public abstract void SetCompositeCredentials(
        object state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
