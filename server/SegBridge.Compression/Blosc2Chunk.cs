using System.Buffers;
using System.Buffers.Binary;

namespace SegBridge.Compression;

/// <summary>
/// Chunks as the library c-blosc2 makes them (format version 3 to 6, extended header): a header, then blocks that were
/// shuffled and compressed each by itself. All lengths are checked before they are used.
/// </summary>
public static class Blosc2Chunk
{
    /// <summary>The most bytes that <see cref="Encode"/> takes.</summary>
    public const int MaxEncodedBytes = 1 << 29;

    private const byte Version = 5;
    private const byte CodecVersion = 1;
    private const byte ExtendedHeader = 0b101;
    private const byte Stored = 0b10;
    private const byte NotSplit = 0b1_0000;
    private const byte ZstdCodec = (byte)Blosc2Codec.Zstd << 5;
    private const byte AllZeros = (byte)Blosc2Special.Zeros << 4;
    private const int Preamble = Blosc2Header.Length + 8;

    /// <summary>The number of bytes that a chunk holds, as its header says; nothing is decompressed.</summary>
    /// <exception cref="CompressionException">It is no chunk that can be read.</exception>
    public static int DecodedBytes(ReadOnlySpan<byte> chunk) => Blosc2Header.Read(chunk).Bytes;

    /// <summary>Decompresses a chunk that holds exactly as many bytes as there is room for.</summary>
    /// <exception cref="CompressionException">It is damaged, not supported, or holds another number of bytes.</exception>
    /// <exception cref="MissingLibraryException">The system lacks the library of its codec.</exception>
    public static void Decode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        var header = Blosc2Header.Read(chunk);
        if (header.Bytes != destination.Length)
        {
            throw new CompressionException($"a Blosc2 chunk should hold {destination.Length} bytes, its header says {header.Bytes}");
        }

        chunk = chunk[..header.ChunkBytes];
        switch (header.Special)
        {
            case Blosc2Special.Zeros:
                destination.Clear();
                return;
            case Blosc2Special.RepeatedValue:
                Repeat(Slice(chunk, Blosc2Header.Length, header.TypeSize), destination);
                return;
            case Blosc2Special.None when header.IsStored:
                Slice(chunk, Blosc2Header.Length, destination.Length).CopyTo(destination);
                return;
            case Blosc2Special.None:
                DecodeBlocks(header, chunk, destination);
                return;
            default:
                throw new CompressionException($"a Blosc2 chunk is of the special kind {(int)header.Special}; 1 (zeros) and 3 (one value) are supported");
        }
    }

    /// <summary>A chunk of elements of one byte, as c-blosc2 reads it: one block of Zstandard; 32 bytes when all are 0.</summary>
    /// <exception cref="MissingLibraryException">The system has no libzstd.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxEncodedBytes);
        if (data.IndexOfAnyExcept((byte)0) < 0)
        {
            var zeros = new byte[Blosc2Header.Length];
            WriteHeader(zeros, data.Length, ExtendedHeader | NotSplit | ZstdCodec, AllZeros);
            return zeros;
        }

        var frame = Zstd.Compress(data);
        if (frame.Length >= data.Length)
        {
            var stored = new byte[Blosc2Header.Length + data.Length];
            WriteHeader(stored, data.Length, ExtendedHeader | Stored | ZstdCodec, 0);
            data.CopyTo(stored.AsSpan(Blosc2Header.Length));
            return stored;
        }

        var chunk = new byte[Preamble + frame.Length];
        WriteHeader(chunk, data.Length, ExtendedHeader | NotSplit | ZstdCodec, 0);
        // One block: its offset, then the length of its one stream.
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(Blosc2Header.Length), Blosc2Header.Length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(Blosc2Header.Length + 4), frame.Length);
        frame.CopyTo(chunk, Preamble);
        return chunk;
    }

    private static void WriteHeader(Span<byte> chunk, int bytes, byte flags, byte lastFlags)
    {
        (chunk[0], chunk[1], chunk[2], chunk[3]) = (Version, CodecVersion, flags, 1);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[4..], bytes);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[8..], bytes);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[12..], chunk.Length);
        (chunk[22], chunk[31]) = (Version, lastFlags);
    }

    private static void DecodeBlocks(Blosc2Header header, ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        var blocks = (int)(((long)header.Bytes + header.BlockBytes - 1) / header.BlockBytes);
        var offsets = Slice(chunk, Blosc2Header.Length, 4L * blocks);
        var shuffled = ArrayPool<byte>.Shared.Rent(header.BlockBytes);
        try
        {
            for (var n = 0; n < blocks; n++)
            {
                var block = destination.Slice(n * header.BlockBytes, Math.Min(header.BlockBytes, header.Bytes - (n * header.BlockBytes)));
                var offset = BinaryPrimitives.ReadInt32LittleEndian(offsets[(4 * n)..]);
                if (header.IsShuffled)
                {
                    DecodeBlock(header, chunk, offset, shuffled.AsSpan(0, block.Length));
                    Unshuffle(shuffled.AsSpan(0, block.Length), header.TypeSize, block);
                }
                else
                {
                    DecodeBlock(header, chunk, offset, block);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shuffled);
        }
    }

    private static void DecodeBlock(Blosc2Header header, ReadOnlySpan<byte> chunk, long offset, Span<byte> block)
    {
        var streams = header.IsSplit && block.Length == header.BlockBytes ? header.TypeSize : 1;
        if (block.Length % streams != 0)
        {
            throw new CompressionException($"a block of {block.Length} bytes of a Blosc2 chunk cannot be split into {streams} streams");
        }

        var length = block.Length / streams;
        for (var n = 0; n < streams; n++)
        {
            offset += DecodeStream(header.Codec, chunk, offset, block.Slice(n * length, length));
        }
    }

    // What does not fill an element stands at the end as it is.
    private static void Unshuffle(ReadOnlySpan<byte> shuffled, int typeSize, Span<byte> block)
    {
        var count = block.Length / typeSize;
        for (var b = 0; b < typeSize; b++)
        {
            var plane = shuffled.Slice(b * count, count);
            for (int n = 0, at = b; n < plane.Length; n++, at += typeSize)
            {
                block[at] = plane[n];
            }
        }

        shuffled[(count * typeSize)..].CopyTo(block[(count * typeSize)..]);
    }

    /// <summary>Decompresses one stream; answers the bytes that it takes in the chunk.</summary>
    private static long DecodeStream(Blosc2Codec codec, ReadOnlySpan<byte> chunk, long offset, Span<byte> stream)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Slice(chunk, offset, 4));
        offset += 4;
        if (length == 0)
        {
            stream.Clear();
            return 4;
        }

        if (length < 0)
        {
            // One byte over and over: the length says which, and a token follows.
            if ((Slice(chunk, offset, 1)[0] & 1) == 0)
            {
                throw new CompressionException("a stream of a Blosc2 chunk has a token of an unknown kind");
            }

            stream.Fill((byte)(-(long)length & 0xFF));
            return 5;
        }

        var data = Slice(chunk, offset, length);
        if (length == stream.Length)
        {
            data.CopyTo(stream);
        }
        else if (codec == Blosc2Codec.Lz4)
        {
            Lz4.Decompress(data, stream);
        }
        else
        {
            Zstd.Decompress(data, stream);
        }

        return 4L + length;
    }

    private static void Repeat(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        if (destination.Length % value.Length != 0)
        {
            throw new CompressionException($"a Blosc2 chunk repeats a value of {value.Length} bytes, which {destination.Length} bytes are no multiple of");
        }

        for (var at = 0; at < destination.Length; at += value.Length)
        {
            value.CopyTo(destination[at..]);
        }
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> chunk, long offset, long length) =>
        offset >= Blosc2Header.Length && length <= chunk.Length && offset <= chunk.Length - length
            ? chunk.Slice((int)offset, (int)length)
            : throw new CompressionException($"a Blosc2 chunk of {chunk.Length} bytes is cut off or damaged: {length} bytes at {offset} are not there");
}
