namespace SegBridge.Cli.Phantom;

/// <summary>
/// An ellipsoid whose surface swells and sinks smoothly by up to a quarter of its radius, as a lobulated tumour does.
/// </summary>
internal sealed class LobulatedShape(double x0, double y0, double z0, double a, double b, double c, double phase) : Shape
{
    public override double SignedDistance(double x, double y, double z)
    {
        var (u, v, w) = ((x - x0) / a, (y - y0) / b, (z - z0) / c);
        var radius = Math.Sqrt((u * u) + (v * v) + (w * w));
        if (radius < 1e-9)
        {
            return -Math.Min(a, Math.Min(b, c));
        }

        var (azimuth, height) = (Math.Atan2(v, u), w / radius);
        var swell = (0.14 * Math.Sin((3 * azimuth) + phase + (2 * height)))
            + (0.07 * Math.Sin((5 * azimuth) - (2 * phase)) * (1 - (height * height)))
            + (0.06 * Math.Sin((4 * height) + phase));
        return (radius - 1 - swell) * Math.Min(a, Math.Min(b, c));
    }
}
