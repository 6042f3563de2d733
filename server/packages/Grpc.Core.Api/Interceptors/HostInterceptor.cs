namespace Grpc.Core.Interceptors;

/// <summary>Names the authority of calls that name none.</summary>
internal sealed class HostInterceptor(string host) : ClientContextInterceptor
{
    private readonly string _host = host ?? throw new ArgumentNullException(nameof(host));

    protected override ClientInterceptorContext<TRequest, TResponse> Rewrite<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context) => new(context.Method, context.Host ?? _host, context.Options);
}
