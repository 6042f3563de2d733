using SegBridge.Models.Bundles;

namespace SegBridge.Models.Golden;

/// <summary>One number of a published network with golden weights beside the one that its authors' code gives.</summary>
/// <param name="Family">The network.</param>
/// <param name="Tensor">What was computed.</param>
/// <param name="What">"mean", "std", or the index of an element.</param>
/// <param name="Expected">What the published code gives.</param>
/// <param name="Actual">What comes out here.</param>
public sealed record GoldenRow(ModelFamily Family, string Tensor, string What, double Expected, double Actual)
{
    /// <summary>The largest <see cref="Difference"/> between two implementations of one network in float32.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Relative to the larger of 1 and the number.</summary>
    public double Difference => Math.Abs(Expected - Actual) / Math.Max(1, Math.Abs(Expected));

    public bool Holds => Difference <= Tolerance;
}
