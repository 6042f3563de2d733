using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Volumes.Patches;

/// <summary>Brings a patch of real values (HU for CT) to what the network was trained on.</summary>
public static class PatchNormalisation
{
    /// <summary>In place: (clip(x) − mean) / standard deviation. NaN and infinities count as the lower bound of the clip.</summary>
    /// <param name="voxels">The whole patch, in any order.</param>
    /// <param name="rule">Of the modality, see <see cref="ZScoreNormalisation"/>.</param>
    /// <param name="window">The values that matter, for rules that follow it; null for the patch's own percentiles.</param>
    /// <exception cref="ArgumentException">The rule still needs the volume's statistics.</exception>
    /// <exception cref="IntensityException">The window is not finite or the wrong way round.</exception>
    public static void Apply(Span<float> voxels, ZScoreRule rule, IntensityWindow? window)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.NeedsVolume)
        {
            throw new ArgumentException("the rule goes by the whole volume: give its statistics by ZScoreRule.For first", nameof(rule));
        }

        if ((rule.Clip ?? window ?? PercentilesOf(voxels, rule)) is not { } clip)
        {
            voxels.Clear();
            return;
        }

        if (!(double.IsFinite(clip.Lower) && double.IsFinite(clip.Upper) && clip.Lower <= clip.Upper))
        {
            throw new IntensityException($"a window must be finite with lower ≤ upper, got {clip}");
        }

        var (lower, upper) = ((float)clip.Lower, (float)clip.Upper);
        foreach (ref var voxel in voxels)
        {
            voxel = float.IsFinite(voxel) ? Math.Clamp(voxel, lower, upper) : lower;
        }

        var mean = rule.Mean ?? MeanOf(voxels);
        var deviation = rule.StandardDeviation ?? Math.Max(DeviationOf(voxels, mean), ZScoreRule.LeastDeviation);
        var scale = 1 / deviation;
        foreach (ref var voxel in voxels)
        {
            voxel = (float)((voxel - mean) * scale);
        }
    }

    // Null when no voxel is a number.
    private static IntensityWindow? PercentilesOf(Span<float> voxels, ZScoreRule rule)
    {
        var numbers = 0;
        foreach (ref var voxel in voxels)
        {
            if (float.IsFinite(voxel))
            {
                numbers++;
            }
            else
            {
                voxel = float.NaN;
            }
        }

        if (numbers == 0)
        {
            return null;
        }

        var (low, high) = Percentiles.Of(voxels, rule.LowPercentile, rule.HighPercentile);
        return new IntensityWindow(low, high);
    }

    private static double MeanOf(ReadOnlySpan<float> voxels)
    {
        var sum = 0.0;
        foreach (var voxel in voxels)
        {
            sum += voxel;
        }

        return voxels.IsEmpty ? 0 : sum / voxels.Length;
    }

    private static double DeviationOf(ReadOnlySpan<float> voxels, double mean)
    {
        var sum = 0.0;
        foreach (var voxel in voxels)
        {
            sum += (voxel - mean) * (voxel - mean);
        }

        return voxels.IsEmpty ? 0 : Math.Sqrt(sum / voxels.Length);
    }
}
