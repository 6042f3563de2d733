namespace SegBridge.Imaging.Volumes;

/// <summary>
/// What stored voxels mean: value = stored · Slope + Intercept (Hounsfield units for CT), computed in double
/// precision and rounded once to single.
/// </summary>
public readonly record struct Rescale(double Slope, double Intercept)
{
    /// <summary>value = stored.</summary>
    public static Rescale Identity { get; } = new(1, 0);

    public bool IsIdentity => Slope == 1 && Intercept == 0;

    /// <summary>The value of a stored number.</summary>
    public float Apply(double stored) => (float)((stored * Slope) + Intercept);

    internal bool IsValid => double.IsFinite(Slope) && Slope != 0 && double.IsFinite(Intercept);
}
