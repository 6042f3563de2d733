using System.Buffers.Binary;
using System.IO.Compression;

namespace SegBridge.Imaging.Formats;

/// <summary>PNG pictures: two-dimensional images of data sets, and contact sheets.</summary>
public static class PngFile
{
    /// <summary>
    /// Writes 8 bits a sample, each row as differences to the one above. The same pixels give the same bytes.
    /// </summary>
    /// <param name="stream">Left open.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">
    /// Rows from the top: width · height grey values, or three times as many for red, green, blue.
    /// </param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public static void Write(Stream stream, int width, int height, ReadOnlySpan<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var count = (long)width * height;
        if (pixels.Length != count && pixels.Length != 3 * count)
        {
            throw new ArgumentException(
                $"a {width}×{height} picture must have {count} (grey) or {3 * count} (RGB) bytes, got {pixels.Length}", nameof(pixels));
        }

        Write(stream, new PngHeader(width, height, 8, pixels.Length == count ? PngColour.Grey : PngColour.Rgb), pixels);
    }

    /// <summary>Writes grey values of 16 bits, otherwise as <see cref="Write(Stream, int, int, ReadOnlySpan{byte})"/>.</summary>
    /// <param name="stream">Left open.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Rows from the top: width · height values.</param>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public static void WriteGrey16(Stream stream, int width, int height, ReadOnlySpan<ushort> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != (long)width * height)
        {
            throw new ArgumentException($"a {width}×{height} picture must have {(long)width * height} grey values, got {pixels.Length}", nameof(pixels));
        }

        var bytes = new byte[checked(pixels.Length * sizeof(ushort))];
        for (var n = 0; n < pixels.Length; n++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(n * sizeof(ushort)), pixels[n]);
        }

        Write(stream, new PngHeader(width, height, 16, PngColour.Grey), bytes);
    }

    /// <summary>Reads grey (1 to 16 bits), RGB (8 or 16 bits) and palette pictures without interlacing.</summary>
    /// <param name="stream">Read to the end; left open.</param>
    /// <param name="limits">Null: <see cref="ReadLimits.Default"/>. The file and its pixels must each fit.</param>
    /// <returns>
    /// Grey with 1 channel, RGB and palette with 3. Grey of fewer than 8 bits is spread over 0..255.
    /// </returns>
    /// <exception cref="VolumeFormatException">Malformed, cut off, too large, interlaced, or with transparency.</exception>
    public static PngImage Read(Stream stream, ReadLimits? limits = null)
    {
        limits ??= ReadLimits.Default;
        return PngDecoder.Decode(ReadAll(stream, limits), limits);
    }

    private static void Write(Stream stream, PngHeader header, ReadOnlySpan<byte> bytes)
    {
        Span<byte> data = [0, 0, 0, 0, 0, 0, 0, 0, (byte)header.BitDepth, (byte)header.Colour, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(data, header.Width);
        BinaryPrimitives.WriteInt32BigEndian(data[4..], header.Height);
        stream.Write(PngChunks.Signature);
        PngChunks.Write(stream, "IHDR"u8, data);
        PngChunks.Write(stream, "IDAT"u8, Deflate(bytes, bytes.Length / header.Height));
        PngChunks.Write(stream, "IEND"u8, []);
    }

    private static ReadOnlySpan<byte> ReadAll(Stream stream, ReadLimits limits)
    {
        var limit = Math.Min(limits.MaxVoxelBytes, int.MaxValue / 2);
        using var file = new MemoryStream();
        Span<byte> piece = stackalloc byte[8192];
        for (int read; (read = stream.Read(piece)) > 0;)
        {
            if (file.Length + read > limit)
            {
                throw new VolumeFormatException($"a PNG must be at most {limit} bytes long here");
            }

            file.Write(piece[..read]);
        }

        return file.GetBuffer().AsSpan(0, (int)file.Length);
    }

    private static ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> pixels, int rowBytes)
    {
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            const byte Up = 2;
            var row = new byte[1 + rowBytes];
            ReadOnlySpan<byte> above = new byte[rowBytes];
            for (var start = 0; start < pixels.Length; start += rowBytes)
            {
                var plain = pixels.Slice(start, rowBytes);
                row[0] = Up;
                for (var n = 0; n < rowBytes; n++)
                {
                    row[1 + n] = (byte)(plain[n] - above[n]);
                }

                zlib.Write(row);
                above = plain;
            }
        }

        return target.GetBuffer().AsSpan(0, (int)target.Length);
    }
}
