using System.Buffers.Binary;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Server.Export;

/// <summary>
/// Segments as one volume of labels on the exact grid of the input: the n-th segment's voxels hold n, from 1; where segments
/// overlap the later one wins. 8-bit, or 16-bit with more than 255 segments or when asked for.
/// </summary>
internal static class LabelVolume
{
    private const long MaxBytes = 1L << 30;

    /// <exception cref="LimitExceededException">The volume is too large for one file.</exception>
    public static Volume Of(Session session, IReadOnlyList<SegmentInfo> segments, VoxelType smallest = VoxelType.UInt8)
    {
        var geometry = session.Volume.Geometry;
        var type = segments.Count <= byte.MaxValue ? smallest : VoxelType.UInt16;
        RequireRoom(geometry.Size, type.Bytes());
        var labels = new byte[geometry.Size.VoxelCount * type.Bytes()];
        for (var n = 0; n < segments.Count; n++)
        {
            Paint(session.GetMask(segments[n].Id, null), n + 1, geometry.Size.I, geometry.Size.J, type, labels);
        }

        return new Volume(geometry, type, Rescale.Identity, labels);
    }

    /// <exception cref="LimitExceededException">The volume is too large for one file.</exception>
    public static void RequireRoom(VolumeSize size, int bytesOfVoxel)
    {
        var bytes = size.VoxelCount * bytesOfVoxel;
        if (bytes > MaxBytes)
        {
            throw new LimitExceededException($"a file of {size} voxels has {bytes:N0} bytes and the limit is {MaxBytes:N0}; read the masks with GetMask instead");
        }
    }

    private static void Paint(BitBlock mask, int label, int columns, int rows, VoxelType type, byte[] labels)
    {
        var box = mask.Box;
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                var bits = mask.Row(j, k);
                var first = (((long)k * rows) + j) * columns + box.Lower.I;
                for (var i = 0; i < box.Size.I; i++)
                {
                    if ((bits[i >> 3] >> (i & 7) & 1) == 0)
                    {
                        continue;
                    }

                    if (type == VoxelType.UInt8)
                    {
                        labels[first + i] = (byte)label;
                    }
                    else
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(labels.AsSpan((int)(2 * (first + i))), (ushort)label);
                    }
                }
            }
        }
    }
}
