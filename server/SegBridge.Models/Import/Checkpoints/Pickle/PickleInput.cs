using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>The bytes of a pickle, read from front to back; nothing is allocated that they do not fill.</summary>
internal sealed class PickleInput(ReadOnlyMemory<byte> bytes)
{
    private const int LongestLine = 4096;

    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > bytes.Length - Position)
        {
            throw Damaged();
        }

        var taken = bytes.Span.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    public string Text(long length) => Encoding.UTF8.GetString(Take(length));

    /// <summary>Up to a line feed, which is left out.</summary>
    public string Line()
    {
        var rest = bytes.Span[Position..];
        var end = rest[..Math.Min(rest.Length, LongestLine)].IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Damaged();
        }

        Position += end + 1;
        return Encoding.UTF8.GetString(rest[..end]);
    }

    /// <summary>A line with a whole number, such as "12" or, of Python 2, "12L".</summary>
    public object WholeNumberLine()
    {
        var line = Line();
        // Protocol 0 and 1 write truth values as integers of two digits.
        return line switch
        {
            "00" => false,
            "01" => true,
            _ when long.TryParse(line.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
            _ => throw Damaged(),
        };
    }

    public double NumberLine() =>
        double.TryParse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Damaged();

    /// <summary>A two's complement number of that many bytes; one of more than eight is kept as a name only.</summary>
    public object LongInteger(long length)
    {
        var digits = Take(length);
        if (digits.Length > sizeof(long))
        {
            return new PickleOpaque($"a whole number of {digits.Length} bytes");
        }

        var value = 0L;
        for (var n = 0; n < digits.Length; n++)
        {
            value |= (long)digits[n] << (8 * n);
        }

        var unused = 64 - (8 * digits.Length);
        return digits.Length == 0 ? 0L : value << unused >> unused;
    }

    public CheckpointException Damaged() => new($"the pickle in the checkpoint is damaged at byte {Position}: get the file again");
}
