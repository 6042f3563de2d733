namespace Grpc.Core;

/// <summary>Receives the parts of call credentials; implemented by channels.</summary>
public abstract class CallCredentialsConfiguratorBase
{
    /// <summary>The credentials are several, applied in order.</summary>
    public abstract void SetCompositeCredentials(object state, IReadOnlyList<CallCredentials> credentials);

    /// <summary>The credentials are a function that adds headers.</summary>
    public abstract void SetAsyncAuthInterceptorCredentials(object state, AsyncAuthInterceptor interceptor);
}
