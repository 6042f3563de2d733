using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Slices;

public sealed class FittedImagesTests
{
    private static readonly SliceGrid Grid = new(2, 3);
    private readonly FittedImages _images = new(Grid, new MinMaxNormalisation(0, 75));

    [Fact]
    public void Values_are_clipped_to_the_window_and_scaled_by_what_is_left()
    {
        var image = new SliceImage(2, 3, new float[] { -500, -50, 0, 50, 100, 900 }, new IntensityWindow(-100, 100));

        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1, 1], _images.Of(image).ToArray());
    }

    [Fact]
    public void Without_a_window_the_models_percentiles_of_the_slice_count()
    {
        // The 75th percentile of 0, 1, 2, 3, 4, 100 is 3.75.
        var image = new SliceImage(2, 3, new float[] { 0, 1, 2, 3, 4, 100 }, null);

        Assert.Equal([0, 1 / 3.75f, 2 / 3.75f, 3 / 3.75f, 1, 1], _images.Of(image).ToArray().Select(value => value), Near);
    }

    [Fact]
    public void The_native_slice_is_normalised_before_it_is_resized()
    {
        // One bright pixel of many: resizing first would average it away and stretch what is left to [0, 1].
        var pixels = new float[4 * 6];
        pixels[0] = 8;
        var fitted = _images.Of(new SliceImage(4, 6, pixels, new IntensityWindow(0, 8))).ToArray();

        Assert.Equal([0.25f, 0, 0, 0, 0, 0], fitted);
    }

    [Fact]
    public void Values_that_are_no_numbers_count_as_dark()
    {
        var image = new SliceImage(2, 3, new[] { 0, 10, float.NaN, float.NegativeInfinity, float.PositiveInfinity, 5 }, null);
        Assert.Equal([0, 1, 0, 0, 0, 2 / 3f], _images.Of(image).ToArray(), Near);

        var nothing = new SliceImage(2, 3, Enumerable.Repeat(float.NaN, 6).ToArray(), null);
        Assert.All(_images.Of(nothing).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void An_image_is_fitted_once()
    {
        var pixels = new float[] { 0, 1, 2, 3, 4, 5 };
        var image = new SliceImage(2, 3, pixels, new IntensityWindow(0, 5));
        var first = _images.Of(image).ToArray();

        Array.Clear(pixels);

        Assert.Equal(first, _images.Of(image).ToArray());
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6;
}
