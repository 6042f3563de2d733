using System.Buffers;
using System.Numerics;
using SegBridge.Imaging.Compression;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Masks;

/// <summary>Packs and unpacks the bits of a mask box.</summary>
public static class MaskCodec
{
    /// <summary>Largest box that <see cref="Decode"/> takes unless told otherwise: 1024³ voxels, 128 MB of bits.</summary>
    public const long DefaultMaxVoxels = 1L << 30;

    /// <exception cref="MaskFormatException">The encoding is unknown.</exception>
    public static byte[] Encode(BitBlock block, MaskEncoding encoding)
    {
        switch (encoding)
        {
            case MaskEncoding.Packed:
                return block.Bits.ToArray();
            case MaskEncoding.XorZlib:
                return PackRows(block, static rows => ZlibBlock.Deflate(rows));
            case MaskEncoding.XorSparseZlib:
                return PackRows(block, static rows => SparseBytes.Pack(rows));
            default:
                throw UnknownEncoding(encoding);
        }
    }

    /// <summary>Unpacks the bits of a box. Allocates nothing until box and data are known to be plausible.</summary>
    /// <param name="data">The packed bits.</param>
    /// <param name="encoding">How they were packed.</param>
    /// <param name="box">The box they belong to.</param>
    /// <param name="maxVoxels">Largest box to take.</param>
    /// <exception cref="MaskFormatException">
    /// The box is too large, the data is corrupt or of another length, a bit beyond a row's end is set, or the
    /// encoding is unknown.
    /// </exception>
    public static BitBlock Decode(ReadOnlySpan<byte> data, MaskEncoding encoding, VoxelBox box, long maxVoxels = DefaultMaxVoxels)
    {
        if (box.VoxelCount > maxVoxels)
        {
            throw new MaskFormatException($"a mask box must have at most {maxVoxels} voxels, got {box.VoxelCount} in {box}");
        }

        var length = BitBlock.ByteCountOf(box);
        switch (encoding)
        {
            case MaskEncoding.Packed:
                if (data.Length != length)
                {
                    throw new MaskFormatException($"a mask of {box} must have {length} bytes of bits, got {data.Length}");
                }

                return BitBlock.FromPacked(box, data);
            case MaskEncoding.XorZlib:
                RequireAtMost(ZlibBlock.MostIn(data.Length), length, data.Length, box);
                return UnpackRows(data, length, box, ZlibBlock.Inflate);
            case MaskEncoding.XorSparseZlib:
                RequireAtMost(ZlibBlock.MostIn(data.Length) * 8, length, data.Length, box);
                return UnpackRows(data, length, box, SparseBytes.Unpack);
            default:
                throw UnknownEncoding(encoding);
        }
    }

    private static byte[] PackRows(BitBlock block, Func<ReadOnlySpan<byte>, byte[]> pack)
    {
        var bits = block.Bits;
        var buffer = ArrayPool<byte>.Shared.Rent(bits.Length);
        try
        {
            var rows = buffer.AsSpan(0, bits.Length);
            XorWithRowBefore(bits, block.RowBytes, rows);
            return pack(rows);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void Unpacker(ReadOnlySpan<byte> data, Span<byte> rows);

    private static BitBlock UnpackRows(ReadOnlySpan<byte> data, int length, VoxelBox box, Unpacker unpack)
    {
        var bits = GC.AllocateUninitializedArray<byte>(length);
        try
        {
            unpack(data, bits);
        }
        catch (InvalidDataException cause)
        {
            throw new MaskFormatException($"a mask of {box} cannot be decoded: {cause.Message}", cause);
        }

        UndoXor(bits, BitBlock.RowBytesOf(box));
        return BitBlock.Adopt(box, bits);
    }

    // Before anything is allocated: a few bytes of data must not claim a large box.
    private static void RequireAtMost(long most, int length, int dataLength, VoxelBox box)
    {
        if (length > most)
        {
            throw new MaskFormatException($"a mask of {box} has {length} bytes of bits, which {dataLength} bytes of zlib stream cannot hold");
        }
    }

    private static void XorWithRowBefore(ReadOnlySpan<byte> bits, int rowBytes, Span<byte> result)
    {
        bits[..Math.Min(rowBytes, bits.Length)].CopyTo(result);
        var n = rowBytes;
        for (; n <= bits.Length - Vector<byte>.Count; n += Vector<byte>.Count)
        {
            (new Vector<byte>(bits[n..]) ^ new Vector<byte>(bits[(n - rowBytes)..])).CopyTo(result[n..]);
        }

        for (; n < bits.Length; n++)
        {
            result[n] = (byte)(bits[n] ^ bits[n - rowBytes]);
        }
    }

    private static void UndoXor(Span<byte> bits, int rowBytes)
    {
        var n = rowBytes;
        // A vector must not reach into bytes that this very step writes.
        if (rowBytes >= Vector<byte>.Count)
        {
            for (; n <= bits.Length - Vector<byte>.Count; n += Vector<byte>.Count)
            {
                (new Vector<byte>(bits[n..]) ^ new Vector<byte>(bits[(n - rowBytes)..])).CopyTo(bits[n..]);
            }
        }

        for (; n < bits.Length; n++)
        {
            bits[n] ^= bits[n - rowBytes];
        }
    }

    private static MaskFormatException UnknownEncoding(MaskEncoding encoding) =>
        new($"a mask encoding must be one of {string.Join(", ", Enum.GetNames<MaskEncoding>())}, got {(int)encoding}");
}
