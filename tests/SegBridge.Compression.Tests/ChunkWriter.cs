using System.Buffers.Binary;

namespace SegBridge.Compression.Tests;

/// <summary>Writes chunks in the forms that c-blosc2 uses and <see cref="Blosc2Chunk.Encode"/> does not: many blocks, split, shuffled, LZ4.</summary>
internal sealed record ChunkWriter
{
    private const int HeaderBytes = 32;

    public int TypeSize { get; init; } = 1;

    public int BlockBytes { get; init; } = 256;

    public bool IsLz4 { get; init; }

    public bool IsShuffled { get; init; }

    public bool IsSplit { get; init; }

    public byte[] Write(ReadOnlySpan<byte> data)
    {
        var blockBytes = Math.Min(BlockBytes, data.Length);
        // As the library, which splits only what comes out even.
        var isSplit = IsSplit && blockBytes % TypeSize == 0;
        var blocks = (data.Length + blockBytes - 1) / blockBytes;
        var (body, offsets) = (new List<byte>(), new List<int>());
        for (var n = 0; n < blocks; n++)
        {
            offsets.Add(HeaderBytes + (4 * blocks) + body.Count);
            var block = data.Slice(n * blockBytes, Math.Min(blockBytes, data.Length - (n * blockBytes)));
            var filtered = IsShuffled ? Shuffled(block) : block.ToArray();
            var streams = isSplit && block.Length == blockBytes ? TypeSize : 1;
            foreach (var stream in filtered.Chunk(filtered.Length / streams))
            {
                body.AddRange(Stream(stream));
            }
        }

        var chunk = new byte[HeaderBytes + (4 * blocks) + body.Count];
        chunk[0] = 5;
        chunk[1] = 1;
        chunk[2] = (byte)(0b101 | (isSplit ? 0 : 0b1_0000) | ((IsLz4 ? 1 : 4) << 5));
        chunk[3] = (byte)TypeSize;
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(8), blockBytes);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(12), chunk.Length);
        chunk[21] = (byte)(IsShuffled ? 1 : 0);
        for (var n = 0; n < blocks; n++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(HeaderBytes + (4 * n)), offsets[n]);
        }

        body.CopyTo(chunk, HeaderBytes + (4 * blocks));
        return chunk;
    }

    /// <summary>A block of LZ4 that holds the bytes as they are.</summary>
    public static byte[] Lz4Literals(ReadOnlySpan<byte> data)
    {
        var block = new List<byte>();
        if (data.Length < 15)
        {
            block.Add((byte)(data.Length << 4));
        }
        else
        {
            block.Add(0xF0);
            var left = data.Length - 15;
            for (; left >= 255; left -= 255)
            {
                block.Add(255);
            }

            block.Add((byte)left);
        }

        return [.. block, .. data];
    }

    private byte[] Stream(byte[] stream)
    {
        var length = new byte[4];
        if (stream.Distinct().Count() == 1)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, -stream[0]);
            return stream[0] == 0 ? length : [.. length, 1];
        }

        var packed = IsLz4 ? Lz4Literals(stream) : Zstd.Compress(stream, 3);
        packed = packed.Length == stream.Length ? stream : packed;
        BinaryPrimitives.WriteInt32LittleEndian(length, packed.Length);
        return [.. length, .. packed];
    }

    private byte[] Shuffled(ReadOnlySpan<byte> block)
    {
        var (count, shuffled) = (block.Length / TypeSize, block.ToArray());
        for (var n = 0; n < count * TypeSize; n++)
        {
            shuffled[((n % TypeSize) * count) + (n / TypeSize)] = block[n];
        }

        return shuffled;
    }
}
