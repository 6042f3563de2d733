using System.Buffers.Binary;

namespace SegBridge.Models.Import.Checkpoints.Zip;

/// <summary>The CRC-32 of zip files (reflected polynomial EDB88320), eight bytes at a time.</summary>
internal static class Crc32
{
    private const int Lanes = 8;
    private static readonly uint[] Table = BuildTable();

    /// <summary>Continues a checksum; begin with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = At(7, low) ^ At(6, low >> 8) ^ At(5, low >> 16) ^ At(4, low >> 24)
                ^ At(3, high) ^ At(2, high >> 8) ^ At(1, high >> 16) ^ At(0, high >> 24);
        }

        foreach (var value in bytes)
        {
            crc = At(0, crc ^ value) ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint At(int lane, uint value) => Table[(lane << 8) | (int)(value & 0xFF)];

    private static uint[] BuildTable()
    {
        var table = new uint[Lanes << 8];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            }

            table[value] = crc;
        }

        for (var place = 256; place < table.Length; place++)
        {
            var before = table[place - 256];
            table[place] = (before >> 8) ^ table[before & 0xFF];
        }

        return table;
    }
}
