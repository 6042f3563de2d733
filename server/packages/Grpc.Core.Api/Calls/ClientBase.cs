using Grpc.Core.Interceptors;

namespace Grpc.Core;

/// <summary>Base of every generated client.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration _configuration;

    /// <summary>Makes a client for test doubles: it has no channel and every call throws.</summary>
    protected ClientBase()
        : this(new UnimplementedCallInvoker())
    {
    }

    /// <summary>Makes a client over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker())
    {
    }

    /// <summary>Makes a client over a call invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker, host: null))
    {
    }

    /// <summary>Makes a client with the configuration of another.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        _configuration = configuration ?? throw new ArgumentNullException(nameof(configuration));
        CallInvoker = configuration.CreateDecoratedCallInvoker();
    }

    /// <summary>The invoker that this client's calls use.</summary>
    protected CallInvoker CallInvoker { get; }

    internal ClientBaseConfiguration Configuration => _configuration;

    /// <summary>What a client and the copies made of it share.</summary>
    protected internal class ClientBaseConfiguration
    {
        private readonly CallInvoker _undecorated;
        private readonly string? _host;

        internal ClientBaseConfiguration(CallInvoker undecorated, string? host)
        {
            _undecorated = undecorated ?? throw new ArgumentNullException(nameof(undecorated));
            _host = host;
        }

        internal CallInvoker CreateDecoratedCallInvoker() =>
            _host is null ? _undecorated : new InterceptingCallInvoker(_undecorated, new HostInterceptor(_host));

        internal ClientBaseConfiguration WithHost(string host) => new(_undecorated, host);
    }
}
