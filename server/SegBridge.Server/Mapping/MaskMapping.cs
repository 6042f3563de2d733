using Google.Protobuf;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Masks in a box. Replies always use the smallest encoding.</summary>
internal static class MaskMapping
{
    private const int MaxMaskBytes = 64 << 20;

    /// <summary>Decodes a mask that must lie inside the volume; its size is checked before anything is allocated.</summary>
    /// <exception cref="InvalidFieldException">A field is missing, or the box leaves the volume or the limits.</exception>
    /// <exception cref="MaskFormatException">The data does not decode to the box.</exception>
    public static BitBlock ToBlock(Wire.MaskRegion? mask, Session session, string path)
    {
        Field.Required(mask, path);
        var box = GeometryMapping.ToBox(mask.Box, $"{path}.box");
        var bounds = session.Volume.Geometry.Bounds;
        if (!bounds.Encloses(box))
        {
            throw new InvalidFieldException($"{path}.box", $"must lie inside the volume {bounds}, got {box}");
        }

        if (box.VoxelCount > session.Limits.MaxMaskBoxVoxels)
        {
            throw new InvalidFieldException($"{path}.box", $"must have at most {session.Limits.MaxMaskBoxVoxels} voxels, got {box.VoxelCount}");
        }

        if (mask.Data.Length > MaxMaskBytes)
        {
            throw new InvalidFieldException($"{path}.data", $"must have at most {MaxMaskBytes} bytes, got {mask.Data.Length}");
        }

        if (box.IsEmpty)
        {
            return mask.Data.IsEmpty
                ? new BitBlock(VoxelBox.Empty)
                : throw new InvalidFieldException($"{path}.data", $"must be empty for an empty box, got {mask.Data.Length} bytes");
        }

        try
        {
            return MaskCodec.Decode(mask.Data.Span, ToEncoding(mask.Encoding, $"{path}.encoding"), box, session.Limits.MaxMaskBoxVoxels);
        }
        catch (MaskFormatException error)
        {
            throw new InvalidFieldException(path, error.Message);
        }
    }

    public static Wire.MaskRegion ToWire(BitBlock block) => block.Box.IsEmpty
        ? new Wire.MaskRegion { Box = GeometryMapping.ToWire(VoxelBox.Empty), Encoding = Wire.MaskEncoding.XorSparseZlib }
        : new Wire.MaskRegion
        {
            Box = GeometryMapping.ToWire(block.Box),
            Encoding = Wire.MaskEncoding.XorSparseZlib,
            // Nobody else has the array.
            Data = UnsafeByteOperations.UnsafeWrap(MaskCodec.Encode(block, MaskEncoding.XorSparseZlib)),
        };

    private static MaskEncoding ToEncoding(Wire.MaskEncoding encoding, string path) => encoding switch
    {
        Wire.MaskEncoding.Packed => MaskEncoding.Packed,
        Wire.MaskEncoding.XorZlib => MaskEncoding.XorZlib,
        Wire.MaskEncoding.XorSparseZlib => MaskEncoding.XorSparseZlib,
        _ => throw Field.Unnamed(encoding, path),
    };
}
