namespace Grpc.Core.Interceptors;

/// <summary>The call that a client interceptor sees.</summary>
public readonly struct ClientInterceptorContext<TRequest, TResponse>(
    Method<TRequest, TResponse> method, string? host, CallOptions options)
    where TRequest : class
    where TResponse : class
{
    /// <summary>The method called.</summary>
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>The authority to name, or null for the channel's own.</summary>
    public string? Host { get; } = host;

    /// <summary>The options of the call.</summary>
    public CallOptions Options { get; } = options;
}
