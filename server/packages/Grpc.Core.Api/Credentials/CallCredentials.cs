namespace Grpc.Core;

/// <summary>Credentials that are sent with each call.</summary>
public abstract class CallCredentials
{
    /// <summary>Credentials made by a function that adds headers.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor) =>
        new InterceptorCallCredentials(interceptor);

    /// <summary>Credentials that apply each of the given ones in order.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials) =>
        new CompositeCallCredentials(credentials);

    /// <summary>Tells a channel implementation what these credentials consist of.</summary>
    public abstract void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object state);
}
