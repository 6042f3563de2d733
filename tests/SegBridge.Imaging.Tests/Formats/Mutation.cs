using System.Buffers.Binary;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>Damages the bytes of a file in the ways that bring readers down.</summary>
internal static class Mutation
{
    private static readonly int[] ExtremeInts = [0, 1, -1, 2, 255, 32767, 32768, 65535, int.MaxValue, int.MinValue, 0x7F800000, 0x7FC00000];

    private static readonly string[] Words =
    [
        "\n", "\n\n", ": ", ":=", "(", ")", ",", "none", "nan", "inf", "-1", "0", "99999999999999999999", "1e308",
        "data file: x\n", "byte skip: -1\n", "byte skip: 2147483647\n", "line skip: 7\n", "encoding: gzip\n", "type: double\n",
        "dimension: 16\n", "sizes: 32768 32768 32768\n", "space: RAS\n", "\"", "\\", "\0", "%", "\u00B5",
    ];

    /// <param name="header">Bytes at the start that decide most, to which half of all damage is done.</param>
    public static byte[] Of(byte[] seed, Random random, int header = 360)
    {
        var bytes = (byte[])seed.Clone();
        for (var times = 1 + random.Next(3); times > 0 && bytes.Length > 0; times--)
        {
            bytes = Once(bytes, random, header);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random random, int header)
    {
        var reach = random.Next(2) == 0 ? Math.Min(bytes.Length, header) : bytes.Length;
        var at = random.Next(reach);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 40))..]];
            case 4:
                var noise = new byte[random.Next(1, 40)];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. System.Text.Encoding.Latin1.GetBytes(Words[random.Next(Words.Length)]), .. bytes[at..]];
            case 6:
                return [.. bytes, .. bytes[at..]];
            default:
                Extreme(bytes.AsSpan(at & ~1), random);
                return bytes;
        }
    }

    /// <summary>Puts an extreme number where a header may have a field of 2, 4 or 8 bytes.</summary>
    private static void Extreme(Span<byte> at, Random random)
    {
        var value = ExtremeInts[random.Next(ExtremeInts.Length)];
        var width = 2 << random.Next(3);
        if (width > at.Length)
        {
            return;
        }

        if (width == 2)
        {
            BinaryPrimitives.WriteInt16LittleEndian(at, (short)value);
        }
        else if (width == 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, (long)value << random.Next(33));
        }
    }
}
