namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>
/// How near each pixel is to what is outside a region: 1 outside, inside the outside blurred by a 33 × 33 Gaussian, the
/// slice mirrored at its border. What is low lies deep.
/// </summary>
internal static class BlurredComplement
{
    private const int Radius = 16;

    /// <param name="region">Row-major.</param>
    /// <param name="sigma">Deviation of the blur in pixels.</param>
    public static SoftMap Of(SliceMap region, double sigma)
    {
        var outside = SoftMap.Of(region.Complement());
        var blurred = MirroredBlur.Apply(outside, sigma, Radius);
        return blurred with { Values = [.. blurred.Values.Zip(outside.Values, Math.Max)] };
    }
}
