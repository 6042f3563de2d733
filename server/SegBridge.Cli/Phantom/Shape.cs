namespace SegBridge.Cli.Phantom;

/// <summary>A solid in the phantom's own frame (millimetres from its middle; x left, y posterior, z superior).</summary>
internal abstract class Shape
{
    /// <summary>Distance to the surface in millimetres, roughly; negative inside.</summary>
    public abstract double SignedDistance(double x, double y, double z);

    /// <summary>An ellipsoid; an infinite semi-axis makes a cylinder.</summary>
    public static Shape Ellipsoid(double x, double y, double z, double a, double b, double c) => new EllipsoidShape(x, y, z, a, b, c);

    /// <summary>What lies between this shape and the same shape smaller by a wall's thickness.</summary>
    public Shape Wall(double thickness) => new WallShape(this, thickness);

    /// <summary>What lies in both shapes.</summary>
    public Shape Within(Shape other) => new CommonShape(this, other);

    private sealed class EllipsoidShape(double x0, double y0, double z0, double a, double b, double c) : Shape
    {
        public override double SignedDistance(double x, double y, double z)
        {
            var (u, v, w) = ((x - x0) / a, (y - y0) / b, (z - z0) / c);
            var radius = Math.Sqrt((u * u) + (v * v) + (w * w));
            return (radius - 1) * Math.Min(a, Math.Min(b, c));
        }
    }

    private sealed class WallShape(Shape outer, double thickness) : Shape
    {
        public override double SignedDistance(double x, double y, double z)
        {
            var distance = outer.SignedDistance(x, y, z);
            return Math.Max(distance, -thickness - distance);
        }
    }

    private sealed class CommonShape(Shape one, Shape other) : Shape
    {
        public override double SignedDistance(double x, double y, double z) =>
            Math.Max(one.SignedDistance(x, y, z), other.SignedDistance(x, y, z));
    }
}
