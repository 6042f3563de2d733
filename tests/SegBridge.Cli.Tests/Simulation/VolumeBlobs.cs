using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Simulation;

/// <summary>Random objects of a volume: a few overlapping ellipsoids, never empty.</summary>
internal static class VolumeBlobs
{
    public static VolumeMask Make(int seed, VolumeSize size)
    {
        var random = new Random(seed);
        var mask = new VolumeMask(size);
        var count = random.Next(1, 4);
        for (var n = 0; n < count; n++)
        {
            var middle = new Ijk(random.Next(size.I), random.Next(size.J), random.Next(size.K));
            var (a, b, c) = (1 + random.Next(size.I / 3), 1 + random.Next(size.J / 3), 1 + random.Next(size.K / 3));
            foreach (var voxel in Voxels(size))
            {
                var (u, v, w) = ((voxel.I - middle.I) / (double)a, (voxel.J - middle.J) / (double)b, (voxel.K - middle.K) / (double)c);
                if ((u * u) + (v * v) + (w * w) <= 1)
                {
                    mask[voxel] = true;
                }
            }
        }

        return mask;
    }

    /// <summary>All voxels within some millimetres of a voxel.</summary>
    public static VolumeMask Ball(VolumeSize size, Spacing spacing, Ijk middle, double radius)
    {
        var mask = new VolumeMask(size);
        foreach (var voxel in Voxels(size))
        {
            var (x, y, z) = ((voxel.I - middle.I) * spacing.I, (voxel.J - middle.J) * spacing.J, (voxel.K - middle.K) * spacing.K);
            if ((x * x) + (y * y) + (z * z) <= radius * radius)
            {
                mask[voxel] = true;
            }
        }

        return mask;
    }

    public static IEnumerable<Ijk> Voxels(VolumeSize size) =>
        from k in Enumerable.Range(0, size.K) from j in Enumerable.Range(0, size.J) from i in Enumerable.Range(0, size.I) select new Ijk(i, j, k);
}
