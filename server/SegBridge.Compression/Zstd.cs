using System.Runtime.InteropServices;

namespace SegBridge.Compression;

/// <summary>
/// Zstandard frames (RFC 8878) from memory to memory, by the system's library. The one place to change where the framework has
/// Zstandard of its own.
/// </summary>
public static unsafe partial class Zstd
{
    /// <summary>Decompresses frames that hold exactly as many bytes as there is room for.</summary>
    /// <exception cref="CompressionException">They are damaged, or hold another number of bytes.</exception>
    /// <exception cref="MissingLibraryException">The system has no libzstd.</exception>
    public static void Decompress(ReadOnlySpan<byte> frames, Span<byte> destination)
    {
        nuint written;
        try
        {
            fixed (byte* source = frames, target = destination)
            {
                written = ZSTD_decompress(target, (nuint)destination.Length, source, (nuint)frames.Length);
            }
        }
        catch (DllNotFoundException missing)
        {
            throw Missing(missing);
        }

        // An error is a number beyond all lengths.
        if (written != (nuint)destination.Length)
        {
            throw new CompressionException($"a Zstandard frame is damaged or does not hold the {destination.Length} bytes that it should");
        }
    }

    /// <summary>One frame of these bytes.</summary>
    /// <param name="data">What to compress.</param>
    /// <param name="level">1 (fast) to 19 (small).</param>
    /// <exception cref="MissingLibraryException">The system has no libzstd.</exception>
    public static byte[] Compress(ReadOnlySpan<byte> data, int level = 1)
    {
        try
        {
            var frame = new byte[checked((int)ZSTD_compressBound((nuint)data.Length))];
            nuint written;
            fixed (byte* source = data, target = frame)
            {
                written = ZSTD_compress(target, (nuint)frame.Length, source, (nuint)data.Length, level);
            }

            return written <= (nuint)frame.Length
                ? frame[..(int)written]
                : throw new CompressionException("Zstandard has no memory left");
        }
        catch (DllNotFoundException missing)
        {
            throw Missing(missing);
        }
    }

    private static MissingLibraryException Missing(Exception cause) => new("data compressed by Zstandard", SystemLibraries.ZstdName, "libzstd1", cause);

    [LibraryImport(SystemLibraries.ZstdName)]
    private static partial nuint ZSTD_decompress(byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(SystemLibraries.ZstdName)]
    private static partial nuint ZSTD_compress(byte* destination, nuint capacity, byte* source, nuint length, int level);

    [LibraryImport(SystemLibraries.ZstdName)]
    private static partial nuint ZSTD_compressBound(nuint length);
}
