namespace Grpc.Core;

/// <summary>Credentials of a whole channel.</summary>
public abstract class ChannelCredentials
{
    /// <summary>No transport security.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureChannelCredentials();

    /// <summary>TLS with the machine's trusted roots.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    /// <summary>Channel credentials that also send call credentials with every call.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) =>
        new CompositeChannelCredentials(channelCredentials, callCredentials);

    /// <summary>Tells a channel implementation what these credentials consist of.</summary>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state);

    internal virtual bool IsComposable => false;
}
