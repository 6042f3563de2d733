namespace Grpc.Core;

/// <summary>One call as its handler sees it.</summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>"/service/method".</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the client named.</summary>
    public string Host => HostCore;

    /// <summary>The client's address.</summary>
    public string Peer => PeerCore;

    /// <summary>UTC time at which the call fails; DateTime.MaxValue means never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>Headers sent by the client.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the client cancels, goes away or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Trailers to send at the end.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The status to end with when the handler returns normally.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>How response messages are written.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Who the client is, as far as the transport knows.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>A place for interceptors to leave things for handlers.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>What <see cref="Method"/> returns.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>What <see cref="Host"/> returns.</summary>
    protected abstract string HostCore { get; }

    /// <summary>What <see cref="Peer"/> returns.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>What <see cref="Deadline"/> returns.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>What <see cref="RequestHeaders"/> returns.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>What <see cref="CancellationToken"/> returns.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>What <see cref="ResponseTrailers"/> returns.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>What <see cref="Status"/> reads and writes.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>What <see cref="WriteOptions"/> reads and writes.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>What <see cref="AuthContext"/> returns.</summary>
    protected abstract AuthContext AuthContextCore { get; }

    /// <summary>What <see cref="UserState"/> returns.</summary>
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>Sends headers before the first response; at most once.</summary>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>A token for calls made on behalf of this one.</summary>
    public ContextPropagationToken CreatePropagationToken(ContextPropagationOptions? options = null) =>
        CreatePropagationTokenCore(options);

    /// <summary>What <see cref="WriteResponseHeadersAsync"/> does.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);

    /// <summary>What <see cref="CreatePropagationToken"/> does.</summary>
    protected abstract ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options);
}
