namespace Grpc.Core;

/// <summary>Sends messages one after another. One write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the following messages are written; null means the defaults.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; writers that cannot cancel refuse a token that can.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("This writer cannot cancel a write.");
        }

        return WriteAsync(message);
    }
}
