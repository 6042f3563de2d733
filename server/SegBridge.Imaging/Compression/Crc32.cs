using System.Buffers.Binary;

namespace SegBridge.Imaging.Compression;

/// <summary>CRC-32 of IEEE 802.3 by sixteen tables ("slicing by 16"): the same value as zlib.crc32.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 16;

    private static readonly uint[] Table = BuildTable();

    /// <summary>The checksum of the data.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of everything before, whose checksum is given, followed by the data.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> table = Table;
        var crc = ~before;
        while (data.Length >= Slices)
        {
            var a = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            var b = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            var c = BinaryPrimitives.ReadUInt32LittleEndian(data[8..]);
            var d = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]);
            crc = Four(table, 12, a) ^ Four(table, 8, b) ^ Four(table, 4, c) ^ Four(table, 0, d);
            data = data[Slices..];
        }

        foreach (var one in data)
        {
            crc = (crc >> 8) ^ table[(byte)(crc ^ one)];
        }

        return ~crc;
    }

    /// <summary>The checksum of everything before followed by zeros, without looking at these.</summary>
    /// <param name="before">The checksum of everything before.</param>
    /// <param name="count">Zero bytes, at least 0.</param>
    public static uint AppendZeros(uint before, long count)
    {
        // A zero byte maps the register linearly: 32 words say where its bits go, and squaring doubles the number of bytes.
        Span<uint> map = stackalloc uint[32];
        Span<uint> squared = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var one = 1u << bit;
            map[bit] = (one >> 8) ^ Table[(byte)one];
        }

        var crc = ~before;
        for (; count > 0; count >>= 1)
        {
            crc = (count & 1) == 0 ? crc : Apply(map, crc);
            for (var bit = 0; bit < 32; bit++)
            {
                squared[bit] = Apply(map, map[bit]);
            }

            squared.CopyTo(map);
        }

        return ~crc;
    }

    private static uint Apply(ReadOnlySpan<uint> map, uint word)
    {
        var result = 0u;
        for (var bit = 0; word != 0; word >>= 1, bit++)
        {
            result ^= (word & 1) == 0 ? 0 : map[bit];
        }

        return result;
    }

    private static uint Four(ReadOnlySpan<uint> table, int slice, uint word)
    {
        var part = table.Slice(slice * 256, 4 * 256);
        return part[768 + (int)(word & 0xFF)]
            ^ part[512 + (int)((word >> 8) & 0xFF)]
            ^ part[256 + (int)((word >> 16) & 0xFF)]
            ^ part[(int)(word >> 24)];
    }

    private static uint[] BuildTable()
    {
        var table = new uint[Slices * 256];
        for (var n = 0u; n < 256; n++)
        {
            var crc = n;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            table[n] = crc;
        }

        for (var n = 256; n < table.Length; n++)
        {
            var before = table[n - 256];
            table[n] = (before >> 8) ^ table[before & 0xFF];
        }

        return table;
    }
}
