using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SegBridge.Cli.Client;

/// <summary>
/// Counts the bytes of messages up and down as gRPC frames them: the serialized message and the five bytes before it.
/// Headers and what TLS and HTTP/2 add are not counted. Safe for concurrent calls.
/// </summary>
internal sealed class ByteCounter : Interceptor
{
    /// <summary>One byte that says whether the message is compressed and four of its length.</summary>
    public const int FrameBytes = 5;

    private long _up;
    private long _down;

    /// <summary>Bytes of all requests so far.</summary>
    public long Up => Interlocked.Read(ref _up);

    /// <summary>Bytes of all replies so far.</summary>
    public long Down => Interlocked.Read(ref _down);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        Interlocked.Add(ref _up, SizeOf(request));
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(
            Counted(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        Interlocked.Add(ref _up, SizeOf(request));
        var call = continuation(request, context);
        return new AsyncServerStreamingCall<TResponse>(
            new CountedReader<TResponse>(call.ResponseStream, this), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private static int SizeOf<T>(T message) => FrameBytes + ((IMessage)message!).CalculateSize();

    private async Task<T> Counted<T>(Task<T> reply)
    {
        var message = await reply;
        Interlocked.Add(ref _down, SizeOf(message));
        return message;
    }

    private sealed class CountedReader<T>(IAsyncStreamReader<T> inner, ByteCounter counter) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var more = await inner.MoveNext(cancellationToken);
            if (more)
            {
                Interlocked.Add(ref counter._down, SizeOf(inner.Current));
            }

            return more;
        }
    }
}
