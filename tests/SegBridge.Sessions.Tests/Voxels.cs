using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Tests;

/// <summary>Voxels of boxes, and how much two masks agree.</summary>
internal static class Voxels
{
    /// <summary>In C-order (k, j, i).</summary>
    public static IEnumerable<Ijk> Of(VoxelBox box) =>
        from k in Enumerable.Range(box.Lower.K, box.Size.K)
        from j in Enumerable.Range(box.Lower.J, box.Size.J)
        from i in Enumerable.Range(box.Lower.I, box.Size.I)
        select new Ijk(i, j, k);

    /// <summary>The voxels of a volume whose centre is where the field is above 0.</summary>
    public static BitBlock Inside(VolumeGeometry geometry, Func<LpsPoint, double> field)
    {
        var mask = new BitBlock(geometry.Bounds);
        foreach (var voxel in Of(geometry.Bounds).Where(voxel => field(geometry.ToLps(voxel)) > 0))
        {
            mask[voxel] = true;
        }

        return mask;
    }

    /// <summary>2 |A and B| / (|A| + |B|) of two masks on one box.</summary>
    public static double Dice(BitBlock a, BitBlock b)
    {
        var both = a.Bits.ToArray().Zip(b.Bits.ToArray(), (x, y) => (long)System.Numerics.BitOperations.PopCount((uint)(x & y))).Sum();
        return 2.0 * both / (a.Count + b.Count);
    }
}
