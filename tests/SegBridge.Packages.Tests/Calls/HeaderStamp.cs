using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SegBridge.Packages.Tests.Calls;

/// <summary>On the server, adds a trailer; on the client, a request header.</summary>
internal sealed class HeaderStamp(string key, string value) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        Metadata headers = context.Options.Headers ?? [];
        headers.Add(key, value);
        return continuation(request, new(context.Method, context.Host, context.Options.WithHeaders(headers)));
    }

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        context.ResponseTrailers.Add(key, value);
        return continuation(request, context);
    }
}
