namespace Grpc.Core;

/// <summary>One request, a stream of responses.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
{
    private readonly AsyncCallState _call;

    /// <summary>Makes a call from closures.</summary>
    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
    {
        ResponseStream = responseStream;
        _call = new AsyncCallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>Makes a call from functions that are all given <paramref name="state"/>.</summary>
    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state)
    {
        ResponseStream = responseStream;
        _call = new AsyncCallState(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The responses in order.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The headers that the server sent before its first response.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync();

    /// <summary>The final status; throws InvalidOperationException while the call runs.</summary>
    public Status GetStatus() => _call.GetStatus();

    /// <summary>The trailers; throws InvalidOperationException while the call runs.</summary>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Releases the call, cancelling it when it has not ended.</summary>
    public void Dispose() => _call.Dispose();
}
