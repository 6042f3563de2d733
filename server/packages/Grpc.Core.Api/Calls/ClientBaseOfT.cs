namespace Grpc.Core;

/// <summary>Base of a generated client that can copy itself.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>Makes a client for test doubles: it has no channel and every call throws.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Makes a client over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>Makes a client over a call invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>Makes a client with the configuration of another.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>A copy of this client that names <paramref name="host"/> as the authority of its calls.</summary>
    public T WithHost(string host) => NewInstance(Configuration.WithHost(host));

    /// <summary>Makes a client of the same type with another configuration.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
