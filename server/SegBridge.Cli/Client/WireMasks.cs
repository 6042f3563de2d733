using Google.Protobuf;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Client;

/// <summary>Masks as messages, and back.</summary>
internal static class WireMasks
{
    /// <summary>The set voxels in their bounding box, packed in whichever way is smaller.</summary>
    public static V1.MaskRegion ToWire(this BitBlock block)
    {
        var cut = block.Crop(block.BoundingBox);
        var (packed, zlib) = (cut.Bits.Length, MaskCodec.Encode(cut, MaskEncoding.XorSparseZlib));
        return new V1.MaskRegion
        {
            Box = cut.Box.ToWire(),
            Encoding = packed <= zlib.Length ? V1.MaskEncoding.Packed : V1.MaskEncoding.XorSparseZlib,
            Data = packed <= zlib.Length ? ByteString.CopyFrom(cut.Bits) : UnsafeByteOperations.UnsafeWrap(zlib),
        };
    }

    /// <summary>The bits of a region; an absent or empty region gives an empty block.</summary>
    /// <exception cref="MaskFormatException">The data does not fit the box or is damaged.</exception>
    public static BitBlock FromWire(this V1.MaskRegion? region)
    {
        var box = region?.Box.FromWire() ?? default;
        return region is null || box.IsEmpty
            ? new BitBlock(box)
            : MaskCodec.Decode(region.Data.Span, EncodingOf(region), box);
    }

    private static MaskEncoding EncodingOf(V1.MaskRegion region) => region.Encoding switch
    {
        V1.MaskEncoding.Packed => MaskEncoding.Packed,
        V1.MaskEncoding.XorZlib => MaskEncoding.XorZlib,
        V1.MaskEncoding.XorSparseZlib => MaskEncoding.XorSparseZlib,
        var other => throw new MaskFormatException($"a mask region has the unknown encoding {(int)other}; update this program"),
    };
}
