using System.Buffers.Binary;

namespace SegBridge.Models.Import.Graphs;

/// <summary>Splits protobuf messages into their fields, known or not.</summary>
internal static class WireReader
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    /// <exception cref="TemplateException">The bytes are no protobuf message.</exception>
    public static List<WireField> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<WireField>();
        for (var position = 0; position < message.Length;)
        {
            var start = position;
            var tag = ReadVarint(message.Span, ref position);
            var (value, bytes) = ReadValue((int)(tag & 7), message, ref position);
            fields.Add(new WireField((int)(tag >> 3), value, bytes, message[start..position]));
        }

        return fields;
    }

    /// <summary>Numbers of a repeated field, one by one or packed.</summary>
    public static IEnumerable<long> Numbers(IEnumerable<WireField> fields, int number)
    {
        foreach (var field in fields.Where(field => field.Number == number))
        {
            if (field.Bytes.IsEmpty)
            {
                yield return (long)field.Value;
                continue;
            }

            for (var position = 0; position < field.Bytes.Length;)
            {
                yield return (long)ReadVarint(field.Bytes.Span, ref position);
            }
        }
    }

    private static (ulong Value, ReadOnlyMemory<byte> Bytes) ReadValue(int type, ReadOnlyMemory<byte> message, ref int position)
    {
        switch (type)
        {
            case Varint:
                return (ReadVarint(message.Span, ref position), default);
            case Fixed64:
                return (BinaryPrimitives.ReadUInt64LittleEndian(Take(message, 8, ref position).Span), default);
            case Delimited:
                var length = ReadVarint(message.Span, ref position);
                return (0, Take(message, length, ref position));
            case Fixed32:
                return (BinaryPrimitives.ReadUInt32LittleEndian(Take(message, 4, ref position).Span), default);
            default:
                throw Damaged();
        }
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ulong length, ref int position)
    {
        if (length > (ulong)(message.Length - position))
        {
            throw Damaged();
        }

        var taken = message.Slice(position, (int)length);
        position += (int)length;
        return taken;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= bytes.Length)
            {
                break;
            }

            var digit = bytes[position++];
            value |= (ulong)(digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private static TemplateException Damaged() => new("it is no ONNX file, or is damaged");
}
