using SegBridge.Imaging.Intensity;

namespace SegBridge.Models.Bundles;

/// <summary>One rule of a <see cref="ZScoreNormalisation"/>: (clip(x) − mean) / standard deviation.</summary>
public sealed record ZScoreRule
{
    /// <summary>Of a patch or volume of one value, as in training.</summary>
    internal const double LeastDeviation = 1e-3;

    /// <summary>
    /// Clip to these values; null: to the window that the caller gives, else to percentiles of the patch, or of the volume
    /// (<see cref="ClipOfVolume"/>).
    /// </summary>
    public IntensityWindow? Clip { get; init; }

    /// <summary>0..100, below <see cref="HighPercentile"/>; counts only without <see cref="Clip"/>.</summary>
    public double LowPercentile { get; init; }

    /// <summary>0..100.</summary>
    public double HighPercentile { get; init; } = 100;

    /// <summary>Null: the mean of the clipped patch, or of the volume (<see cref="MeanOfVolume"/>).</summary>
    public double? Mean { get; init; }

    /// <summary>Above 0; null: the standard deviation of the clipped patch, or of the volume (<see cref="DeviationOfVolume"/>).</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Clip to the 0.5th and 99.5th percentile of the whole volume, whatever the window.</summary>
    public bool ClipOfVolume { get; init; }

    public bool MeanOfVolume { get; init; }

    public bool DeviationOfVolume { get; init; }

    /// <summary>Whether <see cref="For"/> must say what the volume is like before the rule can be applied.</summary>
    public bool NeedsVolume => ClipOfVolume || MeanOfVolume || DeviationOfVolume;

    /// <summary>The rule for one volume, which needs no more than a patch.</summary>
    public ZScoreRule For(IntensityStatistics volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return this with
        {
            Clip = ClipOfVolume ? new IntensityWindow(volume.PercentileLow, volume.PercentileHigh) : Clip,
            Mean = MeanOfVolume ? volume.Mean : Mean,
            StandardDeviation = DeviationOfVolume ? Math.Max(volume.StandardDeviation, LeastDeviation) : StandardDeviation,
            ClipOfVolume = false,
            MeanOfVolume = false,
            DeviationOfVolume = false,
        };
    }
}
