using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Dicom;

/// <summary>A segment and how likely each voxel belongs to it.</summary>
/// <param name="Box">Where it may be; elsewhere the probability is 0.</param>
/// <param name="Values">In 255ths, C-order (k, j, i) of the box.</param>
public sealed record SegmentProbabilities(DicomSegment Segment, VoxelBox Box, ReadOnlyMemory<byte> Values)
{
    /// <summary>Of a whole volume, in 255ths; the box is the smallest one around what is not 0.</summary>
    public static SegmentProbabilities Of(DicomSegment segment, VolumeSize size, ReadOnlySpan<byte> values)
    {
        var (lower, upper) = (new Ijk(size.I, size.J, size.K), new Ijk(0, 0, 0));
        for (var row = 0; row < size.J * size.K; row++)
        {
            var line = values.Slice(row * size.I, size.I);
            if (line.IndexOfAnyExcept((byte)0) is >= 0 and var first)
            {
                var (k, j) = Math.DivRem(row, size.J);
                lower = new Ijk(Math.Min(lower.I, first), Math.Min(lower.J, j), Math.Min(lower.K, k));
                upper = new Ijk(Math.Max(upper.I, line.LastIndexOfAnyExcept((byte)0) + 1), Math.Max(upper.J, j + 1), k + 1);
            }
        }

        var box = upper.K == 0 ? VoxelBox.Empty : new VoxelBox(lower, upper);
        var inside = new byte[box.VoxelCount];
        for (var row = 0; row < box.Size.J * box.Size.K; row++)
        {
            var (k, j) = Math.DivRem(row, box.Size.J);
            values.Slice(((((box.Lower.K + k) * size.J) + box.Lower.J + j) * size.I) + box.Lower.I, box.Size.I).CopyTo(inside.AsSpan(row * box.Size.I));
        }

        return new SegmentProbabilities(segment, box, inside);
    }

    /// <summary>The voxels of a half and more.</summary>
    public SegmentMask ToMask(VolumeSize size)
    {
        var mask = new VolumeMask(size);
        mask.Replace(BitBlock.FromVoxels(Box, Array.ConvertAll(Values.ToArray(), value => (byte)(value > byte.MaxValue / 2 ? 1 : 0))));
        return new SegmentMask(Segment, mask);
    }
}
