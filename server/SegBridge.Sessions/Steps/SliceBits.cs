using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// Masks of one slice as 0/1 maps. The C-order (k, j, i) of a box one voxel thick is the slice's own row-major
/// order on every axis, so that a map needs no shuffling.
/// </summary>
internal static class SliceBits
{
    /// <summary>Sets the part of a slice's map that a block covers to the block.</summary>
    public static void Overwrite(byte[] map, VoxelBox slice, BitBlock block)
    {
        var common = slice.Intersect(block.Box);
        var size = slice.Size;
        for (var k = common.Lower.K; k < common.Upper.K; k++)
        {
            for (var j = common.Lower.J; j < common.Upper.J; j++)
            {
                for (var i = common.Lower.I; i < common.Upper.I; i++)
                {
                    var at = ((((k - slice.Lower.K) * size.J) + (j - slice.Lower.J)) * size.I) + (i - slice.Lower.I);
                    map[at] = block[new Ijk(i, j, k)] ? (byte)1 : (byte)0;
                }
            }
        }
    }
}
