using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using SegBridge.Server.Services;
using SegBridge.Sessions;

namespace SegBridge.Server.Logging;

/// <summary>Counts a call's messages and notes its session for the log.</summary>
internal sealed class CallRecordInterceptor : Interceptor
{
    private const int SessionIdLength = 32;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var record = Enter(context);
        Receive(record, request);
        var response = await continuation(request, context);
        record.Sent(SizeOf(response));
        return response;
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var record = Enter(context);
        var response = await continuation(new CountingReader<TRequest>(requestStream, record), context);
        record.Sent(SizeOf(response));
        return response;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var record = Enter(context);
        Receive(record, request);
        return continuation(request, new CountingWriter<TResponse>(responseStream, record), context);
    }

    private static CallRecord Enter(ServerCallContext context)
    {
        var record = CallRecord.Of(context.GetHttpContext());
        record.Entered = true;
        return record;
    }

    private static void Receive(CallRecord record, object message)
    {
        record.Received(SizeOf(message));
        // Something else in the place of an id may be anything and does not belong in a log.
        if (message is ISessionRequest { SessionId: { Length: SessionIdLength } id } && id.All(char.IsAsciiHexDigitLower))
        {
            record.Session = ShortId.Of(id);
        }
    }

    private static int SizeOf(object message) => message is IMessage protobuf ? protobuf.CalculateSize() : 0;

    private sealed class CountingReader<T>(IAsyncStreamReader<T> inner, CallRecord record) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var more = await inner.MoveNext(cancellationToken);
            if (more)
            {
                Receive(record, inner.Current!);
            }

            return more;
        }
    }

    private sealed class CountingWriter<T>(IServerStreamWriter<T> inner, CallRecord record) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            await inner.WriteAsync(message, cancellationToken);
            record.Sent(SizeOf(message!));
        }
    }
}
