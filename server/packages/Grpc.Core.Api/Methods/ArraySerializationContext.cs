using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects one message into an array.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _writer;
    private byte[]? _payload;

    internal byte[] Payload =>
        _payload ?? throw new InvalidOperationException("The serializer returned without calling Complete.");

    public override void Complete(byte[] payload)
    {
        CheckOpen();
        _payload = payload;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        CheckOpen();
        return _writer ??= new ArrayBufferWriter<byte>();
    }

    public override void Complete()
    {
        CheckOpen();
        _payload = _writer is null ? [] : _writer.WrittenSpan.ToArray();
    }

    private void CheckOpen()
    {
        if (_payload is not null)
        {
            throw new InvalidOperationException("The message is complete; a serializer calls Complete once and last.");
        }
    }
}
