using System.IO.Compression;

namespace SegBridge.Imaging.Compression;

/// <summary>zlib streams (RFC 1950) of a length known beforehand.</summary>
internal static class ZlibBlock
{
    // Deflate cannot expand a byte to more than 1032, so a shorter stream than this is a lie.
    private const int MaxExpansion = 1032;

    /// <summary>Compresses at a level from 1 (fastest) to 9 (smallest).</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> plain, int level = 1)
    {
        if (plain.IsEmpty)
        {
            // The framework writes no stream at all where zlib's own empty one is due.
            return [0x78, 0x01, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
        }

        using var packed = new MemoryStream(Math.Max(64, plain.Length / 8));
        using (var zlib = new ZLibStream(packed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            zlib.Write(plain);
        }

        return packed.ToArray();
    }

    /// <summary>The most bytes that a stream of this length can hold; asked before anything is allocated for them.</summary>
    public static long MostIn(int packedLength) => (packedLength + 8L) * MaxExpansion;

    /// <summary>Inflates exactly as many bytes as <paramref name="plain"/> holds.</summary>
    /// <exception cref="InvalidDataException">The stream is corrupt, cut short or longer; the message says which.</exception>
    public static void Inflate(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        var got = InflateUpTo(packed, plain);
        if (got < plain.Length)
        {
            throw new InvalidDataException($"the zlib stream must hold {plain.Length} bytes, got {got}");
        }
    }

    /// <summary>
    /// Inflates as many bytes as there are, at most what <paramref name="plain"/> holds, and at most one more to see
    /// that the stream ends.
    /// </summary>
    /// <returns>The number of bytes inflated.</returns>
    /// <exception cref="InvalidDataException">The stream is corrupt, cut short or longer; the message says which.</exception>
    public static unsafe int InflateUpTo(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        if (packed.IsEmpty)
        {
            throw new InvalidDataException("a zlib stream was expected, got no bytes");
        }

        fixed (byte* start = packed)
        {
            using var source = new EndNoticingStream(start, packed.Length);
            using var zlib = new ZLibStream(source, CompressionMode.Decompress);
            try
            {
                var got = zlib.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
                // Reading past the end also makes the decoder check the Adler-32 trailer.
                if (got == plain.Length && zlib.ReadByte() >= 0)
                {
                    throw new InvalidDataException($"the zlib stream must hold {plain.Length} bytes, got more");
                }

                if (source.RanDry)
                {
                    throw new InvalidDataException($"the zlib stream is cut short after {got} bytes");
                }

                return got;
            }
            catch (IOException broken)
            {
                throw new InvalidDataException("the zlib stream is corrupt", broken);
            }
        }
    }

    // The framework's decoder does not tell a stream that ended from one that was cut after its last plain byte;
    // only the latter makes it ask for more.
    private sealed unsafe class EndNoticingStream(byte* start, long length) : UnmanagedMemoryStream(start, length)
    {
        public bool RanDry { get; private set; }

        // The other overload of a derived stream comes through here too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            var got = base.Read(buffer, offset, count);
            RanDry |= got == 0 && count > 0;
            return got;
        }
    }
}
