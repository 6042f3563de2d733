using System.Buffers;

namespace Grpc.Core;

/// <summary>One received message's bytes.</summary>
public abstract class DeserializationContext
{
    /// <summary>Length in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The bytes in an array of their own.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The bytes in the transport's buffer, valid only while the message is being read.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
