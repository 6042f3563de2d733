using System.Buffers;
using SegBridge.Imaging.Compression;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Volumes;

/// <summary>Packs and unpacks the voxels of one brick.</summary>
public static class BrickCodec
{
    /// <summary>Packs stored voxels (little-endian, C-order) of a brick.</summary>
    /// <exception cref="BrickException">The byte count is not the brick's, or the brick or encoding is unknown.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> voxels, VolumeSize brick, VoxelType type, BrickEncoding encoding)
    {
        RequireLength(voxels.Length, brick, type);
        switch (encoding)
        {
            case BrickEncoding.Raw:
                return voxels.ToArray();
            case BrickEncoding.Zlib:
                return ZlibBlock.Deflate(voxels);
            case BrickEncoding.DeltaPlanesZlib:
                var planes = ArrayPool<byte>.Shared.Rent(voxels.Length);
                try
                {
                    DeltaPlanes.Apply(voxels, type.Bytes(), brick.I, planes.AsSpan(0, voxels.Length));
                    return ZlibBlock.Deflate(planes.AsSpan(0, voxels.Length));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(planes);
                }

            default:
                throw UnknownEncoding(encoding);
        }
    }

    /// <summary>
    /// Unpacks a brick into stored voxels (little-endian, C-order). Never inflates more than one byte beyond the
    /// brick's length, whatever the data claims.
    /// </summary>
    /// <param name="data">The packed brick.</param>
    /// <param name="encoding">How it was packed.</param>
    /// <param name="type">How each voxel is stored.</param>
    /// <param name="brick">Size of the brick, cut to the volume where it lies at its edge.</param>
    /// <param name="voxels">Exactly VoxelCount · Bytes() bytes; left in an unspecified state on an error.</param>
    /// <exception cref="BrickException">The data is corrupt or of another length, or the encoding is unknown.</exception>
    public static void Decode(ReadOnlySpan<byte> data, BrickEncoding encoding, VoxelType type, VolumeSize brick, Span<byte> voxels)
    {
        RequireLength(voxels.Length, brick, type);
        switch (encoding)
        {
            case BrickEncoding.Raw:
                if (data.Length != voxels.Length)
                {
                    throw new BrickException($"a raw brick of {brick} voxels of {type} must have {voxels.Length} bytes, got {data.Length}");
                }

                data.CopyTo(voxels);
                break;
            case BrickEncoding.Zlib:
                Inflate(data, voxels, brick, type);
                break;
            case BrickEncoding.DeltaPlanesZlib:
                var planes = ArrayPool<byte>.Shared.Rent(voxels.Length);
                try
                {
                    Inflate(data, planes.AsSpan(0, voxels.Length), brick, type);
                    DeltaPlanes.Undo(planes.AsSpan(0, voxels.Length), type.Bytes(), brick.I, voxels);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(planes);
                }

                break;
            default:
                throw UnknownEncoding(encoding);
        }
    }

    /// <summary>CRC-32 of IEEE 802.3 (reflected polynomial EDB88320, as zlib's and PNG's).</summary>
    public static uint Crc32(ReadOnlySpan<byte> data) => Compression.Crc32.Of(data);

    private static void Inflate(ReadOnlySpan<byte> data, Span<byte> plain, VolumeSize brick, VoxelType type)
    {
        try
        {
            ZlibBlock.Inflate(data, plain);
        }
        catch (InvalidDataException cause)
        {
            throw new BrickException($"a brick of {brick} voxels of {type} cannot be decoded: {cause.Message}", cause);
        }
    }

    private static void RequireLength(int length, VolumeSize brick, VoxelType type)
    {
        if (!Enum.IsDefined(type))
        {
            throw new BrickException($"a voxel type must be one of {string.Join(", ", Enum.GetNames<VoxelType>())}, got {(int)type}");
        }

        if (brick.VoxelCount is < 1 or > BrickGrid.MaxBrickVoxels)
        {
            throw new BrickException($"a brick must have 1..{BrickGrid.MaxBrickVoxels} voxels, got {brick}");
        }

        var expected = brick.VoxelCount * type.Bytes();
        if (length != expected)
        {
            throw new BrickException($"a brick of {brick} voxels of {type} must have {expected} bytes, got {length}");
        }
    }

    private static BrickException UnknownEncoding(BrickEncoding encoding) =>
        new($"a brick encoding must be one of {string.Join(", ", Enum.GetNames<BrickEncoding>())}, got {(int)encoding}");
}
