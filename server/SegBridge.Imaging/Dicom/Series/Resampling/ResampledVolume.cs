using System.Buffers.Binary;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>A volume in the making, of the stored type of another: slices are read and written as stored numbers.</summary>
internal sealed class ResampledVolume(Volume source, VolumeSize size)
{
    private readonly byte[] _voxels = new byte[size.VoxelCount * source.VoxelType.Bytes()];

    public static void RequireMemory(VolumeSize size, VoxelType type, DicomReadLimits limits)
    {
        if (size.VoxelCount * type.Bytes() > Math.Min(limits.MaxPixelBytes, Array.MaxLength))
        {
            throw new VolumeFormatException(
                $"resampling makes a volume of {size} voxels, {size.VoxelCount * type.Bytes()} bytes; at most {limits.MaxPixelBytes} are allowed here");
        }
    }

    /// <summary>Stored numbers of a slice of the source.</summary>
    public void ReadStored(int k, Span<float> values)
    {
        var bytes = source.Geometry.Size.I * source.Geometry.Size.J * source.VoxelType.Bytes();
        StoredVoxels.ToValues(source.Data.Span.Slice(k * bytes, bytes), source.VoxelType, Rescale.Identity, values);
    }

    /// <summary>Writes a slice of the result, rounding where the type is whole.</summary>
    public void Write(int k, ReadOnlySpan<float> values)
    {
        var bytes = source.VoxelType.Bytes();
        var at = _voxels.AsSpan(k * values.Length * bytes, values.Length * bytes);
        for (var n = 0; n < values.Length; n++, at = at[bytes..])
        {
            // The interpolated value of 32-bit integers may round beyond their range by a single unit in the last place.
            var whole = (long)MathF.Round(values[n]);
            switch (source.VoxelType)
            {
                case VoxelType.Float32:
                    BinaryPrimitives.WriteSingleLittleEndian(at, values[n]);
                    break;
                case VoxelType.UInt8 or VoxelType.Int8:
                    at[0] = (byte)whole;
                    break;
                case VoxelType.UInt16 or VoxelType.Int16:
                    BinaryPrimitives.WriteInt16LittleEndian(at, (short)whole);
                    break;
                case VoxelType.UInt32:
                    BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)Math.Clamp(whole, 0, uint.MaxValue));
                    break;
                default:
                    BinaryPrimitives.WriteInt32LittleEndian(at, (int)Math.Clamp(whole, int.MinValue, int.MaxValue));
                    break;
            }
        }
    }

    public Volume ToVolume(VolumeGeometry geometry) => new(geometry, source.VoxelType, source.Rescale, _voxels);
}
