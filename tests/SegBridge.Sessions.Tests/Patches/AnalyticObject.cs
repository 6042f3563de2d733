using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Tests.Patches;

/// <summary>
/// An ellipsoid with three unequal half-axes at any angle, and a ball beside it that none of its symmetries keeps, so
/// that any swapped or flipped axis shows. The value at a place is in [−1, 1], above 0 inside, and rises over some
/// millimetres as the edge of an organ does. The ball's core alone is brighter than ½.
/// </summary>
internal sealed class AnalyticObject
{
    private const double EdgeMm = 6;
    private const double BallMm = 8;

    private readonly LpsVector[] _axes;
    private readonly double[] _half;

    public AnalyticObject(Random random, LpsPoint middle)
    {
        var first = RandomGeometry.Unit(new LpsVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() + 0.01));
        var second = RandomGeometry.Unit(first.Cross(new LpsVector(0.3, random.NextDouble(), -0.5)));
        _axes = [first, second, first.Cross(second)];
        _half = [13 + random.Next(3), 18 + random.Next(3), 24 + random.Next(3)];
        double Off() => (random.NextDouble() - 0.5) * 16;
        Centre = middle + new LpsVector(Off(), Off(), Off());
        // Off all three planes of symmetry, outside the ellipsoid.
        Ball = Centre + (_axes[0] * 16) + (_axes[1] * 17) + (_axes[2] * 18);
    }

    public LpsPoint Centre { get; }

    public LpsPoint Ball { get; }

    public double At(LpsPoint place)
    {
        var offset = place - Centre;
        var (a, b, c) = (offset.Dot(_axes[0]) / _half[0], offset.Dot(_axes[1]) / _half[1], offset.Dot(_axes[2]) / _half[2]);
        var ellipsoid = Math.Clamp(_half[0] * (1 - Math.Sqrt((a * a) + (b * b) + (c * c))) / EdgeMm, -1, 0.5);
        return Math.Max(ellipsoid, Math.Clamp((BallMm - place.DistanceTo(Ball)) / EdgeMm, -1, 1));
    }
}
