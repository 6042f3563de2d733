using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Tests.Volumes;

public sealed class PatchSpacingTests
{
    private static readonly InputGrid Fitted = new([64, 64, 64], null, 1) { Fitted = new FittedSpacing(0.75, 6, 3, 1.3) };

    [Theory]
    [InlineData(100.0, 1.3 * 100 / 64)]
    [InlineData(10.0, 0.75)]
    [InlineData(0.0, 0.75)]
    [InlineData(1000.0, 6)]
    public void The_patch_follows_the_object_within_bounds(double extentMm, double spacing) =>
        Assert.Equal(spacing, PatchSpacing.Around(Fitted, extentMm), 1e-12);

    [Theory]
    [InlineData(500, 3)]
    [InlineData(128, 2.6)]
    [InlineData(30, 0.75)]
    public void Around_prompts_alone_it_is_no_wider_than_around_the_whole_volume(double volumeMm, double spacing) =>
        Assert.Equal(spacing, PatchSpacing.AroundPrompts(Fitted, volumeMm), 1e-12);

    [Fact]
    public void A_model_of_one_spacing_keeps_it() =>
        Assert.Equal(1, PatchSpacing.Around(new InputGrid([128, 128, 128], [1, 1, 1], 1), 500));

    [Fact]
    public void What_is_no_patch_or_no_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PatchSpacing.Around(new InputGrid([128, 128], null, 5), 10));
        Assert.Throws<ArgumentException>(() => PatchSpacing.Around(new InputGrid([8, 8, 8], [1, 2, 1], 1), 10));
        Assert.Throws<ArgumentException>(() => PatchSpacing.Around(Fitted, double.NaN));
        Assert.Throws<ArgumentException>(() => PatchSpacing.Around(Fitted, -1));
        Assert.Throws<ArgumentException>(() => PatchSpacing.AroundPrompts(Fitted, double.NaN));
    }
}
