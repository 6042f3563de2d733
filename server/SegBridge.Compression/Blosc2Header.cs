using System.Buffers.Binary;

namespace SegBridge.Compression;

/// <summary>What a Blosc2 chunk says of itself in its first 32 bytes. Read ones have passed all checks that need no other byte.</summary>
/// <param name="TypeSize">Bytes of one element, 1 to 255: the step of the shuffle.</param>
/// <param name="Bytes">Decompressed.</param>
/// <param name="BlockBytes">Of a whole block, decompressed; each is compressed by itself.</param>
/// <param name="ChunkBytes">Compressed, with the header.</param>
/// <param name="IsStored">The bytes follow as they are.</param>
/// <param name="IsSplit">Whole blocks are split into one stream for each byte of an element.</param>
/// <param name="Codec">What streams are compressed with.</param>
/// <param name="IsShuffled">The bytes of the same weight of all elements of a block stand together.</param>
/// <param name="Special">Chunks that say what they hold without holding it.</param>
internal sealed record Blosc2Header(
    int TypeSize, int Bytes, int BlockBytes, int ChunkBytes, bool IsStored, bool IsSplit, Blosc2Codec Codec, bool IsShuffled, Blosc2Special Special)
{
    public const int Length = 32;

    // Newer ones may mean something else by the same bytes.
    private const int NewestVersion = 6;
    private const int MaxBlockBytes = 536_866_816;
    private const byte Shuffle = 1;

    /// <exception cref="CompressionException">It is no header, or of a form that is not supported.</exception>
    public static Blosc2Header Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < Length)
        {
            throw new CompressionException($"a Blosc2 chunk has at least {Length} bytes, got {chunk.Length}");
        }

        var (version, flags, lastFlags) = (chunk[0], chunk[2], chunk[31]);
        if (version is < 3 or > NewestVersion || (flags & 0b101) != 0b101)
        {
            throw new CompressionException("the data are no Blosc2 chunk with an extended header, of version 3 to 6");
        }

        var header = new Blosc2Header(
            chunk[3],
            BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(chunk[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(chunk[12..]),
            (flags & 0b10) != 0,
            (flags & 0b1_0000) == 0,
            (Blosc2Codec)(flags >> 5),
            chunk[16..22].Contains(Shuffle),
            (Blosc2Special)(lastFlags >> 4 & 0b111));
        header.Require(chunk.Length);
        if (header.Special == Blosc2Special.None && !header.IsStored && (chunk[16..22].ContainsAnyExcept((byte)0, Shuffle) || chunk[16..22].Count(Shuffle) > 1))
        {
            throw new CompressionException("a Blosc2 chunk went through other filters than one byte shuffle, which alone is supported");
        }

        return header;
    }

    private void Require(int length)
    {
        if (TypeSize == 0 || Bytes < 0 || ChunkBytes < Length || ChunkBytes > length)
        {
            throw new CompressionException($"the header of a Blosc2 chunk of {length} bytes is damaged: {TypeSize} bytes an element, {Bytes} bytes in {ChunkBytes}");
        }

        if (Special == Blosc2Special.None && !IsStored)
        {
            if (BlockBytes <= 0 || BlockBytes > MaxBlockBytes || (Bytes > 0 && BlockBytes > Bytes))
            {
                throw new CompressionException($"the header of a Blosc2 chunk is damaged: blocks of {BlockBytes} bytes in {Bytes}");
            }

            if (Codec is not (Blosc2Codec.Lz4 or Blosc2Codec.Zstd))
            {
                throw new CompressionException($"a Blosc2 chunk is compressed by codec {(int)Codec}; 1 (LZ4) and 4 (Zstandard) are supported");
            }
        }
    }
}

internal enum Blosc2Codec
{
    Lz4 = 1,
    Zstd = 4,
}

internal enum Blosc2Special
{
    None = 0,
    Zeros = 1,
    RepeatedValue = 3,
}
