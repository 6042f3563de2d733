namespace SegBridge.Imaging.Formats;

/// <summary>Decodes a PNG that lies in memory.</summary>
internal static class PngDecoder
{
    public static PngImage Decode(ReadOnlySpan<byte> file, ReadLimits limits)
    {
        if (!file.StartsWith(PngChunks.Signature))
        {
            throw new VolumeFormatException(
                $"not a PNG file: it must start with {Convert.ToHexString(PngChunks.Signature)}, got {Convert.ToHexString(file[..Math.Min(8, file.Length)])}");
        }

        var chunks = new PngChunks(file[PngChunks.Signature.Length..]);
        if (chunks.Next(out var data).Type != "IHDR")
        {
            throw new VolumeFormatException("the first chunk of a PNG must be IHDR");
        }

        var header = PngHeader.Parse(data);
        RequireWithin(limits, header);
        ReadOnlySpan<byte> palette = [];
        using var compressed = new MemoryStream();
        while (true)
        {
            var type = chunks.Next(out data).Type;
            if (type == "IDAT")
            {
                compressed.Write(data);
            }
            else if (type == "PLTE")
            {
                palette = data;
            }
            else if (type == "IEND")
            {
                break;
            }
            else if (char.IsAsciiLetterUpper(type[0]))
            {
                throw new VolumeFormatException($"a PNG chunk that must be understood is not: \"{NrrdText.Quote(type)}\"");
            }
        }

        compressed.Position = 0;
        return DecodeRows(header, compressed, palette);
    }

    private static void RequireWithin(ReadLimits limits, PngHeader header)
    {
        var limit = Math.Min(limits.MaxVoxelBytes, Array.MaxLength);
        var bytes = (long)header.Width * header.Height * header.Channels * header.BitsPerSample / 8;
        if (bytes > limit)
        {
            throw new VolumeFormatException(
                $"a PNG of {header.Width}×{header.Height} takes {bytes} bytes to read; at most {limit} are allowed here");
        }
    }

    private static PngImage DecodeRows(PngHeader header, Stream compressed, ReadOnlySpan<byte> palette)
    {
        using var content = ContentReader.Zlib(compressed);
        var rowBytes = checked((int)header.RowBytes);
        content.RequirePlausible(header.Height * (header.RowBytes + 1), "pixels");
        var samplesPerRow = header.Width * header.Channels * header.BitsPerSample / 8;
        var samples = new byte[header.Height * samplesPerRow];
        var (row, above) = (new byte[1 + rowBytes], new byte[1 + rowBytes]);
        for (var y = 0; y < header.Height; y++)
        {
            content.ReadExactly(row, "the rows of the PNG");
            PngFilters.Undo(row[0], row.AsSpan(1), above.AsSpan(1), header.FilterDistance);
            PngSamples.Expand(header, row.AsSpan(1), palette, samples.AsSpan(y * samplesPerRow, samplesPerRow));
            (row, above) = (above, row);
        }

        content.ReachEnd();
        return new PngImage(header.Width, header.Height, header.Channels, header.BitsPerSample, samples);
    }
}
