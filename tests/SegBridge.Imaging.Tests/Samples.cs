using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests;

/// <summary>Volumes, boxes and grids of every kind that the property tests draw from.</summary>
internal static class Samples
{
    public static readonly VoxelType[] VoxelTypes = Enum.GetValues<VoxelType>();

    /// <summary>Anisotropic, at any angle, mirrored half of the time and sheared a quarter of the time.</summary>
    public static VolumeGeometry Geometry(Random random, VolumeSize? size = null) => new(
        size ?? Size(random, 40),
        new Spacing(Length(random), Length(random), Length(random)),
        Direction(random),
        new LpsPoint(Coordinate(random), Coordinate(random), Coordinate(random)));

    public static VolumeSize Size(Random random, int max) =>
        new(random.Next(1, max + 1), random.Next(1, max + 1), random.Next(1, max + 1));

    public static VoxelBox Box(Random random, VolumeSize size)
    {
        var (i, j, k) = (Range(random, size.I), Range(random, size.J), Range(random, size.K));
        return new VoxelBox(new Ijk(i.Low, j.Low, k.Low), new Ijk(i.End, j.End, k.End));
    }

    public static T Of<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public static Direction Direction(Random random)
    {
        var i = UnitVector(random);
        var other = UnitVector(random);
        while (other.Cross(i).Length < 0.1)
        {
            other = UnitVector(random);
        }

        var j = Unit(other.Cross(i));
        var k = i.Cross(j);
        if (random.Next(4) == 0)
        {
            k = Unit(k + (i * (random.NextDouble() - 0.5)));
        }

        return random.Next(2) == 0 ? new Direction(i, j, k) : new Direction(i, k, j);
    }

    /// <summary>A volume of random bytes; floats are finite.</summary>
    public static Volume Volume(Random random, VolumeSize size)
    {
        var type = Of(random, VoxelTypes);
        var data = random.Bytes((int)size.VoxelCount * type.Bytes());
        if (type == VoxelType.Float32)
        {
            for (var n = 0; n < data.Length; n += 4)
            {
                BitConverter.TryWriteBytes(data.AsSpan(n), (float)(random.NextDouble() * 4000) - 1000);
            }
        }

        var rescale = Of(random, new[] { Rescale.Identity, new(1, -1024), new(0.137, 12.3), new(-2.5, 1e-3) });
        return new Volume(Geometry(random, size), type, rescale, data);
    }

    private static (int Low, int End) Range(Random random, int length)
    {
        var (a, b) = (random.Next(length), random.Next(length));
        return (Math.Min(a, b), Math.Max(a, b) + 1);
    }

    private static LpsVector UnitVector(Random random)
    {
        // A third of the axes lie along the patient's, as most scans' do.
        if (random.Next(3) == 0)
        {
            return Of(random, new[] { new LpsVector(1, 0, 0), new(0, -1, 0), new(0, 0, 1), new(-1, 0, 0) });
        }

        return Unit(new LpsVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() + 0.01));
    }

    private static LpsVector Unit(LpsVector vector) =>
        vector * (1 / vector.Length);

    private static double Length(Random random) => Math.Exp((random.NextDouble() * 4) - 2);

    private static double Coordinate(Random random) => (random.NextDouble() * 1000) - 500;
}
