using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// JPEG process 14 (T.81 annex H): each sample is a difference from a neighbour's prediction, coded by Huffman. All
/// seven predictors, point transform, restarts, 2 to 16 bits; the samples of a pixel in one scan.
/// </summary>
internal static class JpegLosslessDecoder
{
    private const byte StartOfFrame3 = 0xC3;
    private const byte DefineHuffman = 0xC4;
    private const byte StartOfScan = 0xDA;
    private const byte RestartInterval = 0xDD;
    // Four tables can be in use; a few may be defined again, not thousands.
    private const int MaxTables = 16;

    public static void Decode(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination)
    {
        if (shape.SampleBytes > 2)
        {
            throw new VolumeFormatException($"lossless JPEG has samples of at most 16 bits, {shape.BitsAllocated} are declared");
        }

        if (compressed is not [0xFF, 0xD8, ..])
        {
            throw new VolumeFormatException("a lossless JPEG frame must start with the marker FFD8, and does not");
        }

        var rest = compressed[2..];
        var tables = new HuffmanTable?[4];
        var (precision, restart, defined) = (0, 0, 0);
        while (true)
        {
            var segment = NextSegment(ref rest, out var marker);
            switch (marker)
            {
                case DefineHuffman:
                    defined += ReadTables(segment, tables);
                    if (defined > MaxTables)
                    {
                        throw new VolumeFormatException($"a lossless JPEG frame may define at most {MaxTables} Huffman tables, this one has more");
                    }

                    break;
                case StartOfFrame3:
                    precision = ReadFrameHeader(segment, shape);
                    break;
                case RestartInterval when segment.Length >= 2:
                    restart = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case >= 0xC0 and <= 0xCF:
                    throw new VolumeFormatException($"a lossless JPEG frame must be of process 14 (marker FFC3), got marker FF{marker:X2}");
                case StartOfScan:
                    var scan = ReadScanHeader(segment, tables, precision, restart, shape);
                    scan.Decode(rest, shape, destination);
                    return;
            }
        }
    }

    /// <summary>The content of the next marker segment.</summary>
    private static ReadOnlySpan<byte> NextSegment(ref ReadOnlySpan<byte> rest, out byte marker)
    {
        // Markers may be preceded by any number of fill bytes.
        while (rest is [0xFF, 0xFF, ..])
        {
            rest = rest[1..];
        }

        if (rest.Length < 4 || rest[0] != 0xFF)
        {
            throw new VolumeFormatException("the lossless JPEG frame is corrupt or cut off before its scan");
        }

        marker = rest[1];
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length < 2 || rest.Length < 2 + length)
        {
            throw new VolumeFormatException($"the lossless JPEG frame is cut off within the segment of marker FF{marker:X2}");
        }

        var segment = rest[4..(2 + length)];
        rest = rest[(2 + length)..];
        return segment;
    }

    private static int ReadTables(ReadOnlySpan<byte> segment, HuffmanTable?[] tables)
    {
        var count = 0;
        for (; !segment.IsEmpty && count <= MaxTables; count++)
        {
            var symbols = segment.Length < 17 ? 0 : Sum(segment.Slice(1, 16));
            if (symbols == 0 || segment.Length < 17 + symbols || segment[0] > 3)
            {
                throw new VolumeFormatException("a Huffman table of the lossless JPEG frame is corrupt");
            }

            tables[segment[0]] = new HuffmanTable(segment.Slice(1, 16), segment.Slice(17, symbols));
            segment = segment[(17 + symbols)..];
        }

        return count;
    }

    private static int Sum(ReadOnlySpan<byte> counts)
    {
        var sum = 0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private static int ReadFrameHeader(ReadOnlySpan<byte> segment, FrameShape shape)
    {
        if (segment.Length < 6 || segment.Length < 6 + (3 * segment[5]))
        {
            throw new VolumeFormatException("the frame header of the lossless JPEG frame is cut off");
        }

        shape.Require(BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), segment[5], segment[0], "lossless JPEG");
        for (var n = 0; n < segment[5]; n++)
        {
            if (segment[7 + (3 * n)] != 0x11)
            {
                throw new VolumeFormatException("the samples of a lossless JPEG frame must all have the same resolution, and have not");
            }
        }

        return segment[0];
    }

    private static JpegLosslessScan ReadScanHeader(
        ReadOnlySpan<byte> segment, HuffmanTable?[] tables, int precision, int restart, FrameShape shape)
    {
        if (precision < 2 || segment.Length < 1 || segment[0] != shape.Samples || segment.Length < 4 + (2 * segment[0]))
        {
            throw new VolumeFormatException(
                $"a lossless JPEG frame must have a frame header and then all {shape.Samples} samples in one scan, and has not");
        }

        var ofSamples = new HuffmanTable[shape.Samples];
        for (var n = 0; n < ofSamples.Length; n++)
        {
            ofSamples[n] = tables[(segment[2 + (2 * n)] >> 4) & 3]
                ?? throw new VolumeFormatException("the scan of the lossless JPEG frame needs a Huffman table that is not there");
        }

        var (predictor, pointTransform) = (segment[1 + (2 * segment[0])], segment[3 + (2 * segment[0])] & 0x0F);
        return predictor is >= 1 and <= 7 && pointTransform < precision
            ? new JpegLosslessScan(ofSamples, predictor, pointTransform, precision, restart)
            : throw new VolumeFormatException(
                $"a lossless JPEG scan must have predictor 1 to 7 and a point transform below {precision}, got {predictor} and {pointTransform}");
    }
}
