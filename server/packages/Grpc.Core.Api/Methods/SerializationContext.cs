using System.Buffers;

namespace Grpc.Core;

/// <summary>Takes one message's bytes: either a whole array, or through a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>The message is exactly <paramref name="payload"/>.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Where to write the message; end with <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Says the length in bytes before writing, so that no copy is needed.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends a message written to <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
