namespace Grpc.Core;

/// <summary>Sends a client's requests.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more requests follow.</summary>
    Task CompleteAsync();
}
