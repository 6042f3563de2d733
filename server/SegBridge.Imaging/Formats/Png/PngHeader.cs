using System.Buffers.Binary;

namespace SegBridge.Imaging.Formats;

/// <summary>The IHDR chunk of a PNG of a kind that can be read.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColour Colour)
{
    public const int MaxSide = 1 << 20;

    private const int DataBytes = 13;

    /// <summary>Samples a pixel has in the file.</summary>
    public int StoredChannels => Colour == PngColour.Rgb ? 3 : 1;

    /// <summary>Samples a pixel has when read.</summary>
    public int Channels => Colour == PngColour.Grey ? 1 : 3;

    public int BitsPerSample => BitDepth == 16 ? 16 : 8;

    /// <summary>Bytes of a row in the file, without the byte that names its filter.</summary>
    public long RowBytes => (((long)Width * StoredChannels * BitDepth) + 7) / 8;

    /// <summary>Distance of a byte to the same one of the pixel to the left, at least 1.</summary>
    public int FilterDistance => Math.Max(1, StoredChannels * BitDepth / 8);

    public static PngHeader Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != DataBytes)
        {
            throw new VolumeFormatException($"the PNG header chunk must have {DataBytes} bytes, got {data.Length}");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(data);
        var height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > MaxSide || height is 0 or > MaxSide)
        {
            throw new VolumeFormatException($"a PNG must be 1 to {MaxSide} pixels wide and high, got {width}×{height}");
        }

        var (depth, colour) = (data[8], data[9]);
        if (colour is 4 or 6)
        {
            throw new VolumeFormatException("this PNG has transparency (alpha); save it as grey or RGB without");
        }

        var isKnown = (PngColour)colour switch
        {
            PngColour.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Rgb => depth is 8 or 16,
            PngColour.Palette => depth is 1 or 2 or 4 or 8,
            _ => false,
        };
        if (!isKnown)
        {
            throw new VolumeFormatException(
                $"a PNG must be grey of 1 to 16 bits, RGB of 8 or 16 bits, or palette of 1 to 8 bits, got colour type {colour} of {depth} bits");
        }

        if (data[10] != 0 || data[11] != 0 || data[12] != 0)
        {
            throw new VolumeFormatException(
                $"a PNG must have compression 0, filter 0 and no interlacing, got {data[10]}, {data[11]} and {data[12]}; save it without interlacing");
        }

        return new PngHeader((int)width, (int)height, depth, (PngColour)colour);
    }
}
