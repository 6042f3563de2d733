using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Tests.Volumes;

public sealed class PatchNormalisationTests
{
    private static readonly ZScoreRule Ct = new() { Clip = new IntensityWindow(-160, 240), Mean = 40, StandardDeviation = 90 };
    private static readonly ZScoreRule OfPatch = new() { LowPercentile = 0, HighPercentile = 100 };

    [Fact]
    public void Constants_clip_and_scale_whatever_the_window()
    {
        float[] voxels = [-1000, -160, 40, 130, 3000, float.NaN, float.PositiveInfinity];

        PatchNormalisation.Apply(voxels, Ct, new IntensityWindow(0, 1));

        Assert.Equal([-200 / 90f, -200 / 90f, 0, 1, 200 / 90f, -200 / 90f, -200 / 90f], voxels);
    }

    [Fact]
    public void A_patch_of_its_own_statistics_has_mean_0_and_deviation_1()
    {
        var voxels = Enumerable.Range(0, 1000).Select(n => (float)(n * n)).ToArray();

        PatchNormalisation.Apply(voxels, OfPatch, null);

        Assert.Equal(0, voxels.Average(), 1e-5);
        Assert.Equal(1, Math.Sqrt(voxels.Average(value => value * value)), 1e-5);
    }

    [Fact]
    public void A_rule_of_the_volume_clips_and_scales_by_the_volume_not_the_patch_or_the_window()
    {
        var rule = new ZScoreRule { ClipOfVolume = true, MeanOfVolume = true, DeviationOfVolume = true };
        var volume = new IntensityStatistics(Minimum: -50, Maximum: 900, Mean: 100, StandardDeviation: 50, PercentileLow: 0, PercentileHigh: 200);
        float[] voxels = [-1000, 50, 100, 150, 3000];

        Assert.Throws<ArgumentException>(() => PatchNormalisation.Apply(voxels, rule, null));
        PatchNormalisation.Apply(voxels, rule.For(volume), new IntensityWindow(0, 1));

        Assert.Equal([-2, -1, 0, 1, 2], voxels);
    }

    [Fact]
    public void Percentiles_cut_outliers_off_and_a_window_goes_before_them()
    {
        float[] Values() => [.. Enumerable.Range(0, 999).Select(n => (float)n), 1e9f];
        var (cut, windowed) = (Values(), Values());

        PatchNormalisation.Apply(cut, new ZScoreRule { LowPercentile = 0.5, HighPercentile = 99.5 }, null);
        PatchNormalisation.Apply(windowed, new ZScoreRule { LowPercentile = 0.5, HighPercentile = 99.5 }, new IntensityWindow(100, 200));

        Assert.True(cut.Max() < 2);
        Assert.Equal(100, windowed.Count(value => value == windowed.Min()) - 1);
        Assert.Equal(800, windowed.Count(value => value == windowed.Max()));
    }

    [Fact]
    public void A_patch_of_one_value_or_of_none_becomes_zeros()
    {
        float[] flat = [5, 5, 5];
        float[] nothing = [float.NaN, float.NegativeInfinity];

        PatchNormalisation.Apply(flat, OfPatch, null);
        PatchNormalisation.Apply(nothing, OfPatch, null);

        Assert.Equal([0, 0, 0], flat);
        Assert.Equal([0, 0], nothing);
        Assert.Throws<IntensityException>(() => PatchNormalisation.Apply(flat, OfPatch, new IntensityWindow(2, 1)));
    }

    [Fact]
    public void The_modality_decides_and_one_that_the_model_does_not_know_is_refused()
    {
        var only = new ZScoreNormalisation(new Dictionary<string, ZScoreRule> { ["CT"] = Ct }, null);
        var both = only with { Otherwise = OfPatch };

        Assert.Same(Ct, both.RuleFor(Modality.CT));
        Assert.Same(OfPatch, both.RuleFor(Modality.MR));
        Assert.Same(OfPatch, both.RuleFor(Modality.Unknown));
        Assert.Same(Ct, only.RuleFor(Modality.Unknown));
        var exception = Assert.Throws<UnsupportedModalityException>(() => only.RuleFor(Modality.MR));
        Assert.Equal("the model takes images of the modality CT, this one's is MR", exception.Message);
    }
}
