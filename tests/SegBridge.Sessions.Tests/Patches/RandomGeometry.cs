using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Tests.Patches;

/// <summary>
/// Volumes of every kind that scanners and converters make: axes permuted and flipped, then turned about any axis, and
/// anisotropic spacing.
/// </summary>
internal static class RandomGeometry
{
    /// <summary>Right, anterior and superior, turned: the volume's axes are these in some order and with some signs.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="mostDegrees">Below 45 the turned axes stay nearest to their own names.</param>
    public static LpsVector[] TurnedRas(Random random, double mostDegrees)
    {
        var axis = Unit(new LpsVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5));
        var angle = random.NextDouble() * mostDegrees * Math.PI / 180;
        return [.. new LpsVector[] { new(-1, 0, 0), new(0, -1, 0), new(0, 0, 1) }.Select(v => Turned(v, axis, angle))];
    }

    /// <summary>A volume of about this many millimetres along each axis whose middle is at (30, −20, 400) mm.</summary>
    public static VolumeGeometry Of(Random random, LpsVector[] turned, double extentMm)
    {
        LpsVector[] axes = [.. turned.Select(axis => random.Next(2) == 0 ? axis : axis * -1)];
        random.Shuffle(axes);
        double[] spacing = [Spacing(random), Spacing(random), Spacing(random)];
        int[] size = [.. spacing.Select(mm => (int)Math.Ceiling(extentMm / mm))];
        var toMiddle = Enumerable.Range(0, 3).Aggregate(default(LpsVector), (sum, n) => sum + (axes[n] * (spacing[n] * (size[n] - 1) / 2)));
        return new VolumeGeometry(
            new VolumeSize(size[0], size[1], size[2]), new Spacing(spacing[0], spacing[1], spacing[2]),
            new Direction(axes[0], axes[1], axes[2]), new LpsPoint(30, -20, 400) + (toMiddle * -1));
    }

    public static LpsVector Unit(LpsVector vector) => vector * (1 / vector.Length);

    private static double Spacing(Random random) => 0.9 + (random.NextDouble() * 2.1);

    // Rodrigues' formula.
    private static LpsVector Turned(LpsVector vector, LpsVector axis, double angle) =>
        (vector * Math.Cos(angle)) + (axis.Cross(vector) * Math.Sin(angle)) + (axis * (axis.Dot(vector) * (1 - Math.Cos(angle))));
}
