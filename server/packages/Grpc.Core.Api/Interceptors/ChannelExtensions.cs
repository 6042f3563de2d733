namespace Grpc.Core.Interceptors;

/// <summary>Adds interceptors to a channel.</summary>
public static class ChannelExtensions
{
    /// <summary>An invoker of the channel that passes each call through the interceptor first.</summary>
    public static CallInvoker Intercept(this ChannelBase channel, Interceptor interceptor) =>
        channel.CreateCallInvoker().Intercept(interceptor);

    /// <summary>An invoker of the channel that passes each call through the interceptors, first given first.</summary>
    public static CallInvoker Intercept(this ChannelBase channel, params Interceptor[] interceptors) =>
        channel.CreateCallInvoker().Intercept(interceptors);

    /// <summary>An invoker of the channel that rewrites the request headers of each call.</summary>
    public static CallInvoker Intercept(this ChannelBase channel, Func<Metadata, Metadata> interceptor) =>
        channel.CreateCallInvoker().Intercept(interceptor);
}
