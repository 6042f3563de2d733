using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>A volume the size of a clinical CT: a bright ball in noise, 16-bit.</summary>
internal static class BenchVolume
{
    private const int Noise = 63;
    private const short Bright = 120;

    /// <summary>The box of the ball.</summary>
    public static VoxelBox BallIn(VolumeSize size)
    {
        var (middle, radius) = (new Ijk(size.I / 2, size.J / 2, size.K / 2), size.I / 5);
        var box = new VoxelBox(
            new Ijk(middle.I - radius, middle.J - radius, middle.K - (radius / 2)), new Ijk(middle.I + radius, middle.J + radius, middle.K + (radius / 2)));
        return box.Intersect(size.Bounds);
    }

    public static Volume Make(VolumeSize size)
    {
        var voxels = new short[size.VoxelCount];
        Parallel.For(0, size.K, k =>
        {
            var chance = new Random(k);
            var slice = voxels.AsSpan(k * size.J * size.I, size.J * size.I);
            for (var n = 0; n < slice.Length; n++)
            {
                var (x, y, z) = ((n % size.I) - (size.I / 2), (n / size.I) - (size.J / 2), 2 * (k - (size.K / 2)));
                var inside = (x * x) + (y * y) + (z * z) < size.I * size.I / 25;
                slice[n] = (short)((inside ? Bright : 0) + (chance.Next() & Noise));
            }
        });

        return new Volume(
            VolumeGeometry.AxisAligned(size, new Spacing(0.8, 0.8, 1.6)),
            VoxelType.Int16,
            Rescale.Identity,
            MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray());
    }
}
