using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>Small volumes of any type over oblique, flipped, anisotropic and sheared grids, made from a seed.</summary>
internal static class SampleVolumes
{
    public static Arbitrary<Volume> Any { get; } = Gen.Choose(0, int.MaxValue - 1).Select(seed => From(seed)).ToArbitrary();

    public static Volume From(int seed, VoxelType? type = null, bool? sheared = null, Rescale? rescale = null)
    {
        var random = new Random(seed);
        var size = new VolumeSize(random.Next(1, 7), random.Next(1, 6), random.Next(1, 5));
        var geometry = GeometryOf(random, size, sheared ?? random.Next(4) == 0);
        var voxelType = type ?? (VoxelType)random.Next(7);
        var data = new byte[size.VoxelCount * voxelType.Bytes()];
        random.NextBytes(data);
        if (voxelType == VoxelType.Float32)
        {
            for (var n = 0; n < data.Length; n += 4)
            {
                BitConverter.TryWriteBytes(data.AsSpan(n), (float)(random.NextDouble() * 4000 - 1000));
            }
        }

        // Powers of two and small whole numbers are exact in the 32 bits that NIfTI-1 gives them.
        var any = random.Next(2) == 0 ? Rescale.Identity : new Rescale(Math.Pow(2, random.Next(-8, 8)), random.Next(-2000, 2000));
        return new Volume(geometry, voxelType, rescale ?? any, data);
    }

    public static float[] ValuesOf(Volume volume)
    {
        var values = new float[volume.Geometry.Size.VoxelCount];
        volume.ReadBox(volume.Geometry.Bounds, values);
        return values;
    }

    /// <summary>Asserts that both grids have their corners at the same places.</summary>
    public static void AssertSamePlace(VolumeGeometry expected, VolumeGeometry actual, double toleranceMm)
    {
        Assert.Equal(expected.Size, actual.Size);
        Assert.True(expected.IsSameGridAs(actual, toleranceMm), $"expected {expected}, got {actual}");
    }

    private static VolumeGeometry GeometryOf(Random random, VolumeSize size, bool sheared)
    {
        var (i, j, k) = Rotation(random);
        if (random.Next(2) == 0)
        {
            k *= -1;
        }

        if (sheared)
        {
            j = Unit(j + (i * 0.3));
        }

        return new VolumeGeometry(
            size,
            new Spacing(0.2 + random.NextDouble(), 0.2 + (2 * random.NextDouble()), 0.5 + (5 * random.NextDouble())),
            new Direction(i, j, k),
            new LpsPoint(Place(random), Place(random), Place(random)));
    }

    private static (LpsVector I, LpsVector J, LpsVector K) Rotation(Random random)
    {
        if (random.Next(4) == 0)
        {
            // Half turns and exact axes are where quaternions lose digits.
            var sign = random.Next(2) == 0 ? 1 : -1;
            return random.Next(3) switch
            {
                0 => (new(sign, 0, 0), new(0, sign, 0), new(0, 0, 1)),
                1 => (new(0, sign, 0), new(0, 0, sign), new(1, 0, 0)),
                _ => (new(sign, 0, 0), new(0, -1, 0), new(0, 0, -sign)),
            };
        }

        var i = Unit(new LpsVector(Sample(random), Sample(random), Sample(random)));
        var j = Unit(i.Cross(new LpsVector(Sample(random), Sample(random), 2)));
        return (i, j, Unit(i.Cross(j)));
    }

    private static double Sample(Random random) => (random.NextDouble() * 2) - 1.01;

    private static double Place(Random random) => (random.NextDouble() * 600) - 300;

    private static LpsVector Unit(LpsVector vector) => vector * (1 / vector.Length);
}
