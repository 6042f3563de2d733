using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>Reads the voxels of a file into the little-endian bytes of a <see cref="Volume"/>.</summary>
internal static class VoxelDecoder
{
    /// <summary>Bytes that the voxels take in the file, once it is known that they may be read at all.</summary>
    /// <exception cref="VolumeFormatException">The volume is larger than the limits allow.</exception>
    public static long RequireWithin(ReadLimits limits, VolumeSize size, ElementType type)
    {
        var limit = Math.Min(limits.MaxVoxelBytes, Array.MaxLength);
        var peak = size.VoxelCount * type.PeakBytes();
        return peak <= limit
            ? size.VoxelCount * type.StoredBytes()
            : throw new VolumeFormatException(
                $"a volume of {size} voxels of type {type} takes {peak} bytes to read; at most {limit} are allowed here");
    }

    /// <summary>Reads, swaps to little-endian, and narrows 64-bit types (see <see cref="Narrowing"/>).</summary>
    public static Volume Read(
        ContentReader content, VolumeGeometry geometry, ElementType type, bool bigEndian, Rescale rescale, ReadLimits limits)
    {
        var stored = content.ReadVoxels(RequireWithin(limits, geometry.Size, type));
        return ToVolume(stored, geometry, type, bigEndian, rescale);
    }

    /// <summary>The same of bytes that are there already; they are taken over and may be changed.</summary>
    public static Volume ToVolume(byte[] stored, VolumeGeometry geometry, ElementType type, bool bigEndian, Rescale rescale)
    {
        if (bigEndian)
        {
            Swap(stored, type.StoredBytes());
        }

        var (narrowType, narrow) = type switch
        {
            ElementType.UInt8 => (VoxelType.UInt8, stored),
            ElementType.Int8 => (VoxelType.Int8, stored),
            ElementType.UInt16 => (VoxelType.UInt16, stored),
            ElementType.Int16 => (VoxelType.Int16, stored),
            ElementType.UInt32 => (VoxelType.UInt32, stored),
            ElementType.Int32 => (VoxelType.Int32, stored),
            ElementType.Float32 => (VoxelType.Float32, stored),
            ElementType.Int64 => Narrowing.OfInt64(MemoryMarshal.Cast<byte, long>(stored)),
            ElementType.UInt64 => Narrowing.OfUInt64(MemoryMarshal.Cast<byte, ulong>(stored)),
            ElementType.Float64 => Narrowing.OfFloat64(MemoryMarshal.Cast<byte, double>(stored)),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
        };
        return new Volume(geometry, narrowType, rescale, narrow);
    }

    /// <summary>Turns the order of bytes in every element round.</summary>
    public static void Swap(Span<byte> bytes, int width)
    {
        switch (width)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var words = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
