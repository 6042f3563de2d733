using System.Buffers.Binary;
using System.Text;

namespace SegBridge.Models.Import.Graphs;

/// <summary>Writes protobuf fields one after the other, and says how long they will be.</summary>
internal sealed class WireWriter(Stream stream)
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    public static long SizeOfNumber(int field, ulong value) => SizeOfVarint((ulong)field << 3) + SizeOfVarint(value);

    /// <summary>Of bytes, a text or a message of that length.</summary>
    public static long SizeOfBytes(int field, long length) => SizeOfVarint((ulong)field << 3) + SizeOfVarint((ulong)length) + length;

    public void Number(int field, ulong value)
    {
        Put(((ulong)field << 3) | Varint);
        Put(value);
    }

    public void Float(int field, float value)
    {
        Put(((ulong)field << 3) | Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        stream.Write(bytes);
    }

    public void Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Begin(field, bytes.Length);
        stream.Write(bytes);
    }

    /// <summary>A field of bytes that the caller writes next.</summary>
    public void Begin(int field, long length)
    {
        Put(((ulong)field << 3) | Delimited);
        Put((ulong)length);
    }

    /// <summary>Content of a field that was begun, or fields copied as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    private static int SizeOfVarint(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }

    private void Put(ulong value)
    {
        Span<byte> digits = stackalloc byte[10];
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            digits[length++] = (byte)(value | 0x80);
        }

        digits[length++] = (byte)value;
        stream.Write(digits[..length]);
    }
}
