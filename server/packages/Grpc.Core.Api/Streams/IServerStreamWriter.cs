namespace Grpc.Core;

/// <summary>Sends a server's responses.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
