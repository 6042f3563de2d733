using System.Buffers;

namespace Grpc.Core;

/// <summary>Hands out one message that lies in an array.</summary>
internal sealed class ArrayDeserializationContext(byte[] payload) : DeserializationContext
{
    private readonly byte[] _payload = payload ?? throw new ArgumentNullException(nameof(payload));

    public override int PayloadLength => _payload.Length;

    public override byte[] PayloadAsNewBuffer() => [.. _payload];

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(_payload);
}
