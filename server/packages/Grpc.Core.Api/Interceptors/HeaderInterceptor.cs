namespace Grpc.Core.Interceptors;

/// <summary>Rewrites the request headers of each call.</summary>
internal sealed class HeaderInterceptor(Func<Metadata, Metadata> rewriteHeaders) : ClientContextInterceptor
{
    private readonly Func<Metadata, Metadata> _rewriteHeaders =
        rewriteHeaders ?? throw new ArgumentNullException(nameof(rewriteHeaders));

    protected override ClientInterceptorContext<TRequest, TResponse> Rewrite<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
    {
        Metadata headers = _rewriteHeaders(context.Options.Headers ?? new Metadata());
        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }
}
