using System.Runtime.InteropServices;

namespace SegBridge.Compression;

/// <summary>LZ4 blocks from memory to memory, by the system's library.</summary>
public static unsafe partial class Lz4
{
    /// <summary>Decompresses a block that holds exactly as many bytes as there is room for.</summary>
    /// <exception cref="CompressionException">It is damaged, or holds another number of bytes.</exception>
    /// <exception cref="MissingLibraryException">The system has no liblz4.</exception>
    public static void Decompress(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        int written;
        try
        {
            fixed (byte* source = block, target = destination)
            {
                written = LZ4_decompress_safe(source, target, block.Length, destination.Length);
            }
        }
        catch (DllNotFoundException missing)
        {
            throw new MissingLibraryException("data compressed by LZ4", SystemLibraries.Lz4Name, "liblz4-1", missing);
        }

        if (written != destination.Length)
        {
            throw new CompressionException($"an LZ4 block is damaged or does not hold the {destination.Length} bytes that it should");
        }
    }

    [LibraryImport(SystemLibraries.Lz4Name)]
    private static partial int LZ4_decompress_safe(byte* source, byte* destination, int length, int capacity);
}
