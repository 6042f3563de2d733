using SegBridge.Imaging.Intensity;

namespace SegBridge.Models.Bundles;

/// <summary>One rule of a <see cref="ZScoreNormalisation"/>: (clip(x) − mean) / standard deviation.</summary>
public sealed record ZScoreRule
{
    /// <summary>Clip to these values; null: to the window that the caller gives, else to percentiles of the patch.</summary>
    public IntensityWindow? Clip { get; init; }

    /// <summary>0..100, below <see cref="HighPercentile"/>; counts only without <see cref="Clip"/>.</summary>
    public double LowPercentile { get; init; }

    /// <summary>0..100.</summary>
    public double HighPercentile { get; init; } = 100;

    /// <summary>Null: the mean of the clipped patch.</summary>
    public double? Mean { get; init; }

    /// <summary>Above 0; null: the standard deviation of the clipped patch.</summary>
    public double? StandardDeviation { get; init; }
}
