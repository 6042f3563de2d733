namespace Grpc.Core;

/// <summary>Stands for a server call on whose behalf other calls are made.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
