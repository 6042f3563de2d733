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
