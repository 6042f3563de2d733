using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using SegBridge.Compression;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Formats.Numpy;
using SegBridge.Imaging.Masks;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>
/// Arrays as nnInteractive sends them, little-endian: "NNIA", version 1, codec, number of axes, length of the type's name; the
/// name; int64 for each axis; uint32 chunks; for each chunk two uint64, its bytes decompressed and compressed, and a Blosc2 chunk.
/// </summary>
internal static class NniaArray
{
    public const string ContentType = "application/octet-stream";

    private const byte Version = 1;
    private const byte Zstandard = 1;
    private const int FixedBytes = 8;
    private const int MaxAxes = 4;
    private const int MaxTypeName = 16;
    private const int MaxChunks = 1 << 16;
    private static readonly byte[] Magic = "NNIA"u8.ToArray();

    /// <summary>The longest body of an array of so many bytes: a chunk that does not compress is a little longer than what it holds.</summary>
    public static long MaxBodyBytes(long arrayBytes) => arrayBytes + (arrayBytes / 16) + (1 << 20);

    /// <summary>Reads an array chunk by chunk. What it will take is known and checked before memory is.</summary>
    /// <param name="body">Ends with the array.</param>
    /// <param name="reserve">Told of the bytes of the array's elements before memory is taken for them; refuses by an exception.</param>
    /// <param name="cancellation">Gives the reading up.</param>
    /// <exception cref="VolumeFormatException">It is no such array, whose parts do not fit each other.</exception>
    /// <exception cref="CompressionException">A chunk is damaged.</exception>
    public static async Task<NumpyArray> ReadAsync(Stream body, Action<long> reserve, CancellationToken cancellation)
    {
        try
        {
            var (type, shape, chunks) = await ReadHeaderAsync(body, cancellation);
            var bytes = NumpyArray.BytesOf(type, shape);
            reserve(bytes);
            var data = GC.AllocateUninitializedArray<byte>(checked((int)bytes));
            var done = 0;
            for (var n = 0; n < chunks; n++)
            {
                done += await ReadChunkAsync(body, data.AsMemory(done), cancellation);
            }

            return done == data.Length
                ? new NumpyArray(type, shape, data)
                : throw new VolumeFormatException($"the chunks of the array hold {done} bytes, its shape needs {data.Length}");
        }
        catch (EndOfStreamException end)
        {
            throw new VolumeFormatException("the array is cut off", end);
        }
    }

    /// <summary>The voxels of a block as an array of one byte each, 0 or 1, axes (k, j, i).</summary>
    public static byte[] Write(BitBlock mask, string typeName)
    {
        var voxels = new byte[mask.Box.VoxelCount];
        mask.Unpack(voxels);
        var body = new MemoryStream();
        using var writer = new BinaryWriter(body, Encoding.ASCII);
        writer.Write(Magic);
        writer.Write([Version, Zstandard, 3, (byte)typeName.Length]);
        writer.Write(Encoding.ASCII.GetBytes(typeName));
        var size = mask.Box.Size;
        foreach (var side in (int[])[size.K, size.J, size.I])
        {
            writer.Write((long)side);
        }

        var chunks = (voxels.Length + Blosc2Chunk.MaxEncodedBytes - 1) / Blosc2Chunk.MaxEncodedBytes;
        writer.Write((uint)chunks);
        for (var n = 0; n < chunks; n++)
        {
            var from = n * Blosc2Chunk.MaxEncodedBytes;
            var part = voxels.AsSpan(from, Math.Min(Blosc2Chunk.MaxEncodedBytes, voxels.Length - from));
            var chunk = Blosc2Chunk.Encode(part);
            writer.Write((ulong)part.Length);
            writer.Write((ulong)chunk.Length);
            writer.Write(chunk);
        }

        return body.ToArray();
    }

    private static async Task<(NumpyType Type, int[] Shape, int Chunks)> ReadHeaderAsync(Stream body, CancellationToken cancellation)
    {
        var start = new byte[FixedBytes];
        await body.ReadExactlyAsync(start, cancellation);
        if (!start.AsSpan(0, 4).SequenceEqual(Magic) || start[4] != Version)
        {
            throw new VolumeFormatException("the body is no NNIA array of version 1");
        }

        var (axes, nameLength) = (start[6], start[7]);
        if (axes > MaxAxes || nameLength > MaxTypeName)
        {
            throw new VolumeFormatException($"an array has at most {MaxAxes} axes and a type's name of {MaxTypeName} characters, got {axes} and {nameLength}");
        }

        var rest = new byte[nameLength + (8 * axes) + 4];
        await body.ReadExactlyAsync(rest, cancellation);
        var shape = new int[axes];
        for (var n = 0; n < axes; n++)
        {
            var side = BinaryPrimitives.ReadInt64LittleEndian(rest.AsSpan(nameLength + (8 * n)));
            shape[n] = side is >= 0 and <= int.MaxValue ? (int)side : throw new VolumeFormatException($"axis {n} of the array must have 0 to {int.MaxValue} elements, got {side}");
        }

        var chunks = BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan(nameLength + (8 * axes)));
        return chunks <= MaxChunks
            ? (NumpyType.OfName(Encoding.Latin1.GetString(rest, 0, nameLength)), shape, (int)chunks)
            : throw new VolumeFormatException($"an array has at most {MaxChunks} chunks, got {chunks}");
    }

    /// <summary>Reads one chunk into the start of the room that is left; answers how much of it the chunk filled.</summary>
    private static async Task<int> ReadChunkAsync(Stream body, Memory<byte> room, CancellationToken cancellation)
    {
        var lengths = new byte[16];
        await body.ReadExactlyAsync(lengths, cancellation);
        var (held, packed) = (BinaryPrimitives.ReadUInt64LittleEndian(lengths), BinaryPrimitives.ReadUInt64LittleEndian(lengths.AsSpan(8)));
        if (held > (ulong)room.Length || packed > (ulong)Math.Min(MaxBodyBytes((long)held), Array.MaxLength))
        {
            throw new VolumeFormatException($"a chunk says that it holds {held} bytes in {packed}; {room.Length} bytes of the array are left");
        }

        var chunk = ArrayPool<byte>.Shared.Rent((int)packed);
        try
        {
            await body.ReadExactlyAsync(chunk.AsMemory(0, (int)packed), cancellation);
            Blosc2Chunk.Decode(chunk.AsSpan(0, (int)packed), room.Span[..(int)held]);
            return (int)held;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
