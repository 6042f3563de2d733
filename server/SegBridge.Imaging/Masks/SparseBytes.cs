using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using SegBridge.Imaging.Compression;

namespace SegBridge.Imaging.Masks;

/// <summary>
/// Bytes of which most are zero: a map with one bit for each byte, set where it is not zero, and the bytes that are
/// not, together as one zlib stream. Zlib then sees an eighth of the input and few long runs.
/// </summary>
internal static class SparseBytes
{
    // Beyond it the search for matches costs more time than the bytes it saves are worth.
    private const int Level = 4;

    private const int Lanes = 32;

    public static byte[] Pack(ReadOnlySpan<byte> plain)
    {
        var mapLength = MapLength(plain.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(mapLength + plain.Length);
        try
        {
            var map = buffer.AsSpan(0, mapLength);
            map.Clear();
            var end = Collect(plain, map, buffer.AsSpan(mapLength)) + mapLength;
            return ZlibBlock.Deflate(buffer.AsSpan(0, end), Level);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="InvalidDataException">The stream is corrupt or is not of so many bytes.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        var mapLength = MapLength(plain.Length);
        var most = (int)Math.Min(mapLength + (long)plain.Length, ZlibBlock.MostIn(packed.Length));
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var got = ZlibBlock.InflateUpTo(packed, buffer.AsSpan(0, most));
            if (got < mapLength)
            {
                throw new InvalidDataException($"the zlib stream must hold a map of {mapLength} bytes, got {got}");
            }

            var map = buffer.AsSpan(0, mapLength);
            var values = buffer.AsSpan(mapLength, got - mapLength);
            var set = BitSpan.PopCount(map);
            if (set != values.Length)
            {
                throw new InvalidDataException($"the map announces {set} bytes, got {values.Length}");
            }

            Spread(map, values, plain);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int MapLength(int length) => (int)((length + 7L) / 8);

    private static int Collect(ReadOnlySpan<byte> plain, Span<byte> map, Span<byte> values)
    {
        var (n, count) = (0, 0);
        for (; n <= plain.Length - Lanes; n += Lanes)
        {
            var zeros = Vector256.Equals(Vector256.Create(plain[n..]), Vector256<byte>.Zero).ExtractMostSignificantBits();
            if (zeros == uint.MaxValue)
            {
                continue;
            }

            BitConverter.TryWriteBytes(map[(n >> 3)..], ~zeros);
            for (var rest = ~zeros; rest != 0; rest &= rest - 1)
            {
                values[count++] = plain[n + BitOperations.TrailingZeroCount(rest)];
            }
        }

        for (; n < plain.Length; n++)
        {
            if (plain[n] != 0)
            {
                map[n >> 3] |= (byte)(1 << (n & 7));
                values[count++] = plain[n];
            }
        }

        return count;
    }

    private static void Spread(ReadOnlySpan<byte> map, ReadOnlySpan<byte> values, Span<byte> plain)
    {
        plain.Clear();
        var count = 0;
        for (var at = 0; at < map.Length;)
        {
            var skip = map[at..].IndexOfAnyExcept((byte)0);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            for (int rest = map[at]; rest != 0; rest &= rest - 1)
            {
                var place = (8 * at) + BitOperations.TrailingZeroCount(rest);
                if (place >= plain.Length)
                {
                    throw new InvalidDataException("the bits of the map beyond the last byte must be zero");
                }

                plain[place] = values[count++];
            }

            at++;
        }
    }
}
