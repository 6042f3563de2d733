using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Tests.Masks;

internal static class MaskSamples
{
    /// <summary>Some, all or none of a box's voxels.</summary>
    public static HashSet<Ijk> Voxels(Random random, VoxelBox box)
    {
        var share = Samples.Of(random, new[] { 0, 0.01, 0.3, 1 });
        return [.. from k in Enumerable.Range(box.Lower.K, box.Size.K)
                   from j in Enumerable.Range(box.Lower.J, box.Size.J)
                   from i in Enumerable.Range(box.Lower.I, box.Size.I)
                   where random.NextDouble() < share
                   select new Ijk(i, j, k)];
    }

    public static BitBlock Block(VoxelBox box, IEnumerable<Ijk> set)
    {
        var block = new BitBlock(box);
        foreach (var voxel in set)
        {
            block[voxel] = true;
        }

        return block;
    }

    /// <summary>About 250 × 200 × 150 voxels: an ellipsoid whose surface waves and is rough by a voxel, as a liver's mask is.</summary>
    public static BitBlock Liver()
    {
        var box = VoxelBox.At(new Ijk(101, 153, 87), new VolumeSize(250, 200, 150));
        var (block, random) = (new BitBlock(box), new Random(3));
        for (var k = 0; k < 150; k++)
        {
            for (var j = 0; j < 200; j++)
            {
                var rough = random.NextDouble() * 0.008;
                var waves = 1 - (0.05 * (1 + Math.Sin(k / 9.0))) - (0.05 * (1 + Math.Sin((j / 11.0) + (k / 30.0)))) + rough;
                for (var i = 0; i < 250; i++)
                {
                    var (x, y, z) = ((i - 124.5) / 125, (j - 99.5) / 100, (k - 74.5) / 75);
                    if ((x * x) + (y * y) + (z * z) < waves)
                    {
                        block[new Ijk(101 + i, 153 + j, 87 + k)] = true;
                    }
                }
            }
        }

        return block;
    }
}
