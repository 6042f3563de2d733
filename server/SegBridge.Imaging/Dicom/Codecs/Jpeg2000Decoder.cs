using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>JPEG 2000 by the OpenJPEG library of the system, after a look at the header: only what fits is handed over.</summary>
internal static class Jpeg2000Decoder
{
    // The library keeps some kilobytes for each tile that a header declares.
    private const long MaxTiles = 4096;
    private const int SizeMarkerBytes = 42;

    public static void Decode(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination)
    {
        // Some writers wrap the code stream in the boxes of a JP2 file, which hold nothing that matters here.
        var start = compressed.IndexOf((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]);
        if (start < 0 || compressed.Length - start < SizeMarkerBytes)
        {
            throw new VolumeFormatException("a JPEG 2000 frame must start with the markers FF4F and FF51, and does not");
        }

        var codeStream = compressed[start..];
        RequireSize(codeStream, shape);
        try
        {
            OpenJpeg.Decode(codeStream, shape, destination);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new VolumeFormatException($"pixels in JPEG 2000 need the OpenJPEG library ({OpenJpeg.Library}), which is not installed here", e);
        }
    }

    /// <summary>Compares the size marker (T.800 section A.5.1) with what the dataset declares.</summary>
    private static void RequireSize(ReadOnlySpan<byte> codeStream, FrameShape shape)
    {
        var size = codeStream[8..];
        long Number(ReadOnlySpan<byte> at, int n) => BinaryPrimitives.ReadUInt32BigEndian(at[(4 * n)..]);
        var (right, bottom, left, top) = (Number(size, 0), Number(size, 1), Number(size, 2), Number(size, 3));
        var (tileWidth, tileHeight, tilesLeft, tilesTop) = (Number(size, 4), Number(size, 5), Number(size, 6), Number(size, 7));
        var samples = BinaryPrimitives.ReadUInt16BigEndian(size[32..]);
        shape.Require(bottom - top, right - left, samples, 1, "JPEG 2000");
        if (tileWidth == 0 || tileHeight == 0 || tilesLeft > left || tilesTop > top
            || (((right - tilesLeft) / tileWidth) + 1) * (((bottom - tilesTop) / tileHeight) + 1) > MaxTiles)
        {
            throw new VolumeFormatException($"a JPEG 2000 frame must be made of 1 to {MaxTiles} tiles, and is not");
        }

        var components = size[34..];
        if (components.Length < 3 * samples)
        {
            throw new VolumeFormatException("the JPEG 2000 frame is cut off within its header");
        }

        for (var n = 0; n < samples; n++)
        {
            var bits = (components[3 * n] & 0x7F) + 1;
            shape.Require(bottom - top, right - left, samples, bits, "JPEG 2000");
            if (components[(3 * n) + 1] != 1 || components[(3 * n) + 2] != 1)
            {
                throw new VolumeFormatException("the samples of a JPEG 2000 frame must all have the same resolution, and have not");
            }
        }
    }
}
