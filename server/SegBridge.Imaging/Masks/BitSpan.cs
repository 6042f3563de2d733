using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SegBridge.Imaging.Masks;

/// <summary>
/// Bits in bytes, least significant bit first: bit b of byte n is bit 8 · n + b of the span. Written for little-endian
/// machines, which all the server's platforms are.
/// </summary>
internal static class BitSpan
{
    public const int WordBits = 64;

    /// <summary>Up to 64 bits from <paramref name="bit"/> on; bits beyond the span read as zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(ReadOnlySpan<byte> bits, int bit)
    {
        var (at, shift) = (bit >> 3, bit & 7);
        if ((uint)at + 9u > (uint)bits.Length)
        {
            return LoadAtEnd(bits, at, shift);
        }

        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(bits), at);
        var word = Unsafe.ReadUnaligned<ulong>(ref first) >> shift;
        // Two shifts, for a shift by 64 would be one by 0.
        return word | (((ulong)Unsafe.Add(ref first, 8) << (63 - shift)) << 1);
    }

    /// <summary>Writes the lowest <paramref name="count"/> (1..64) bits of a word; the bits around them stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<byte> bits, int bit, int count, ulong word)
    {
        var mask = Mask(count);
        word &= mask;
        var (at, shift) = (bit >> 3, bit & 7);
        if ((uint)at + 9u > (uint)bits.Length)
        {
            StoreAtEnd(bits, bit, count, word);
            return;
        }

        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(bits), at);
        var old = Unsafe.ReadUnaligned<ulong>(ref first);
        Unsafe.WriteUnaligned(ref first, (old & ~(mask << shift)) | (word << shift));
        if (shift + count > WordBits)
        {
            ref var last = ref Unsafe.Add(ref first, 8);
            var rest = WordBits - shift;
            last = (byte)((last & ~(mask >> rest)) | (word >> rest));
        }
    }

    /// <summary>Copies <paramref name="count"/> bits between spans that do not overlap.</summary>
    public static void Copy(ReadOnlySpan<byte> from, int fromBit, Span<byte> to, int toBit, int count)
    {
        for (var done = 0; done < count; done += WordBits)
        {
            Store(to, toBit + done, Math.Min(WordBits, count - done), Load(from, fromBit + done));
        }
    }

    /// <summary>Writes 1 for each set and 0 for each clear bit from <paramref name="bit"/> on.</summary>
    public static void Unpack(ReadOnlySpan<byte> bits, int bit, Span<byte> voxels)
    {
        for (var done = 0; done < voxels.Length; done += WordBits)
        {
            var word = Load(bits, bit + done);
            var part = voxels[done..Math.Min(done + WordBits, voxels.Length)];
            for (; part.Length >= sizeof(ulong); part = part[sizeof(ulong)..], word >>= 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(part, Spread((byte)word));
            }

            for (var n = 0; n < part.Length; n++)
            {
                part[n] = (byte)((word >> n) & 1);
            }
        }
    }

    /// <summary>Sets the bits of the bytes that are not 0; the rest of the last byte stays clear.</summary>
    public static void Pack(ReadOnlySpan<byte> voxels, Span<byte> bits)
    {
        var n = 0;
        for (; n <= voxels.Length - Vector256<byte>.Count; n += Vector256<byte>.Count)
        {
            var clear = Vector256.Equals(Vector256.Create(voxels[n..]), Vector256<byte>.Zero);
            BinaryPrimitives.WriteUInt32LittleEndian(bits[(n / 8)..], ~clear.ExtractMostSignificantBits());
        }

        for (; n < voxels.Length; n++)
        {
            bits[n >> 3] |= (byte)((voxels[n] != 0 ? 1 : 0) << (n & 7));
        }
    }

    /// <summary>The number of ones.</summary>
    public static long PopCount(ReadOnlySpan<byte> bits)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bits);
        var count = 0L;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        foreach (var rest in bits[(words.Length * sizeof(ulong))..])
        {
            count += BitOperations.PopCount(rest);
        }

        return count;
    }

    /// <summary>A word with its lowest <paramref name="count"/> (0..64) bits set.</summary>
    public static ulong Mask(int count) => count >= WordBits ? ulong.MaxValue : (1UL << count) - 1;

    /// <summary>to |= from, byte by byte, over from.Length bytes.</summary>
    public static void Or(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var n = 0;
        for (; n <= from.Length - Vector<byte>.Count; n += Vector<byte>.Count)
        {
            (new Vector<byte>(from[n..]) | new Vector<byte>(to[n..])).CopyTo(to[n..]);
        }

        for (; n < from.Length; n++)
        {
            to[n] |= from[n];
        }
    }

    // Bit n of a byte becomes the lowest of byte n: a copy of it in every byte, of which one bit is kept, and then moved.
    private static ulong Spread(byte bits) =>
        ((((bits * 0x0101_0101_0101_0101UL) & 0x8040_2010_0804_0201UL) + 0x7F7F_7F7F_7F7F_7F7FUL) >> 7) & 0x0101_0101_0101_0101UL;

    private static ulong LoadAtEnd(ReadOnlySpan<byte> bits, int at, int shift)
    {
        // At most eight bytes are left.
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        word.Clear();
        bits[Math.Min(at, bits.Length)..].CopyTo(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word) >> shift;
    }

    private static void StoreAtEnd(Span<byte> bits, int bit, int count, ulong word)
    {
        for (var done = 0; done < count;)
        {
            var (place, within) = ((bit + done) >> 3, (bit + done) & 7);
            var take = Math.Min(8 - within, count - done);
            var part = (int)(Mask(take) << within);
            bits[place] = (byte)((bits[place] & ~part) | ((int)((word >> done) << within) & part));
            done += take;
        }
    }

    /// <summary>The first and one past the last set bit; (0, 0) when none is set.</summary>
    public static (int First, int End) Extent(ReadOnlySpan<byte> bits)
    {
        var first = bits.IndexOfAnyExcept((byte)0);
        if (first < 0)
        {
            return (0, 0);
        }

        var last = bits.LastIndexOfAnyExcept((byte)0);
        return ((8 * first) + BitOperations.TrailingZeroCount(bits[first]), (8 * last) + BitOperations.Log2(bits[last]) + 1);
    }
}
