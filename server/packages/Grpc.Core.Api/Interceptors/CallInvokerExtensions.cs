namespace Grpc.Core.Interceptors;

/// <summary>Adds interceptors to a call invoker.</summary>
public static class CallInvokerExtensions
{
    /// <summary>An invoker that passes each call through the interceptor first.</summary>
    public static CallInvoker Intercept(this CallInvoker invoker, Interceptor interceptor) =>
        new InterceptingCallInvoker(invoker, interceptor);

    /// <summary>An invoker that passes each call through the interceptors, the first given sees the call first.</summary>
    public static CallInvoker Intercept(this CallInvoker invoker, params Interceptor[] interceptors)
    {
        ArgumentNullException.ThrowIfNull(invoker);
        ArgumentNullException.ThrowIfNull(interceptors);
        return interceptors.Reverse().Aggregate(invoker, (inner, next) => inner.Intercept(next));
    }

    /// <summary>An invoker that rewrites the request headers of each call.</summary>
    public static CallInvoker Intercept(this CallInvoker invoker, Func<Metadata, Metadata> interceptor) =>
        new InterceptingCallInvoker(invoker, new HeaderInterceptor(interceptor));
}
