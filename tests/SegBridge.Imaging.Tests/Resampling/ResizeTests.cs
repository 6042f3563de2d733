using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Resampling;

namespace SegBridge.Imaging.Tests.Resampling;

/// <summary>The expected numbers come from torch.nn.functional.interpolate, version 1.13.</summary>
public sealed class ResizeTests
{
    private static readonly float[] Small = [.. Enumerable.Range(0, 35).Select(n => n * 37 % 101 / 10f)];
    private static readonly float[] Solid = [.. Enumerable.Range(0, 60).Select(n => n * 53 % 97 / 10f)];

    public static TheoryData<CornerConvention, int, int, float> Enlarged => new()
    {
        { CornerConvention.HalfPixel, 0, 0, 0.0f },
        { CornerConvention.HalfPixel, 0, 127, 2.0f },
        { CornerConvention.HalfPixel, 127, 0, 2.6f },
        { CornerConvention.HalfPixel, 127, 127, 4.6f },
        { CornerConvention.HalfPixel, 1, 3, 0.0f },
        { CornerConvention.HalfPixel, 13, 77, 3.683607f },
        { CornerConvention.HalfPixel, 31, 32, 6.843675f },
        { CornerConvention.HalfPixel, 63, 64, 2.481715f },
        { CornerConvention.HalfPixel, 64, 63, 2.580934f },
        { CornerConvention.HalfPixel, 90, 5, 6.845313f },
        { CornerConvention.HalfPixel, 111, 120, 5.235938f },
        { CornerConvention.AlignCorners, 0, 127, 2.0f },
        { CornerConvention.AlignCorners, 127, 127, 4.6f },
        { CornerConvention.AlignCorners, 1, 3, 0.703937f },
        { CornerConvention.AlignCorners, 13, 77, 3.056141f },
        { CornerConvention.AlignCorners, 31, 32, 6.111873f },
        { CornerConvention.AlignCorners, 63, 64, 2.452935f },
        { CornerConvention.AlignCorners, 90, 5, 4.940176f },
        { CornerConvention.AlignCorners, 126, 126, 4.563779f },
    };

    public static TheoryData<CornerConvention, float[]> Reduced => new()
    {
        { CornerConvention.HalfPixel, [3.2875f, 5.554167f, 3.191667f, 5.0375f, 2.6875f, 7.9f, 5.5375f, 5.7f, 4.191667f, 7.720833f, 5.358333f, 4.679167f] },
        { CornerConvention.AlignCorners, [0.0f, 7.4f, 4.7f, 2.0f, 1.3f, 8.7f, 6.0f, 3.3f, 2.6f, 10.0f, 7.3f, 4.6f] },
    };

    public static TheoryData<CornerConvention, int, int, int, float> SolidValues => new()
    {
        { CornerConvention.HalfPixel, 0, 0, 0, 0.0f },
        { CornerConvention.HalfPixel, 6, 5, 8, 2.3f },
        { CornerConvention.HalfPixel, 3, 2, 4, 6.866666f },
        { CornerConvention.HalfPixel, 1, 4, 7, 4.75f },
        { CornerConvention.HalfPixel, 5, 1, 2, 3.188889f },
        { CornerConvention.HalfPixel, 2, 3, 6, 1.622223f },
        { CornerConvention.AlignCorners, 3, 2, 4, 6.78f },
        { CornerConvention.AlignCorners, 1, 4, 7, 4.316667f },
        { CornerConvention.AlignCorners, 5, 1, 2, 2.573333f },
        { CornerConvention.AlignCorners, 2, 3, 6, 1.053333f },
    };

    [Theory]
    [MemberData(nameof(Enlarged))]
    public void A_small_image_grows_to_the_numbers_of_torch(CornerConvention corners, int row, int column, float expected)
    {
        var large = new float[128 * 128];

        Resize.Linear2D(Small, 5, 7, large, 128, 128, corners);

        Assert.Equal(expected, large[(row * 128) + column], 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Reduced))]
    public void An_image_shrinks_to_the_numbers_of_torch(CornerConvention corners, float[] expected)
    {
        var reduced = new float[12];

        Resize.Linear2D(Small, 5, 7, reduced, 3, 4, corners);

        Assert.All(expected.Zip(reduced), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [MemberData(nameof(SolidValues))]
    public void A_volume_resizes_to_the_numbers_of_torch(CornerConvention corners, int k, int j, int i, float expected)
    {
        var size = new VolumeSize(9, 6, 7);
        var result = new float[size.VoxelCount];

        Resize.Linear3D(Solid, new VolumeSize(5, 4, 3), result, size, corners);

        Assert.Equal(expected, result[(((k * 6) + j) * 9) + i], 1e-5f);
    }

    [Fact]
    public void Nearest_takes_the_pixels_that_torch_takes()
    {
        var result = new float[24];

        Resize.Nearest2D<float>(Small, 5, 7, result, 8, 3);

        Assert.Equal(
            [0.0f, 7.4f, 4.7f, 0.0f, 7.4f, 4.7f, 5.7f, 3.0f, 0.3f, 5.7f, 3.0f, 0.3f, 1.3f, 8.7f, 6.0f, 7.0f, 4.3f, 1.6f, 7.0f, 4.3f, 1.6f, 2.6f, 10.0f, 7.3f],
            result);
    }

    [Fact]
    public void The_same_size_gives_the_same_numbers_and_no_size_leaves_their_range()
    {
        Seeded.ForAll(random =>
        {
            var (size, target) = (Samples.Size(random, 9), Samples.Size(random, 20));
            var source = Enumerable.Range(0, (int)size.VoxelCount).Select(_ => (float)random.NextDouble()).ToArray();
            var (same, other, nearest) = (new float[source.Length], new float[target.VoxelCount], new float[target.VoxelCount]);
            var corners = Samples.Of(random, Enum.GetValues<CornerConvention>());

            Resize.Linear3D(source, size, same, size, corners);
            Resize.Linear3D(source, size, other, target, corners);
            Resize.Nearest3D<float>(source, size, nearest, target);

            Assert.Equal(source, same);
            Assert.InRange(other.Min(), source.Min() - 1e-6f, source.Max() + 1e-6f);
            Assert.InRange(other.Max(), source.Min() - 1e-6f, source.Max() + 1e-6f);
            Assert.Empty(nearest.Except(source));
        });
    }

    [Fact]
    public void A_ramp_stays_a_ramp()
    {
        // Along k alone, so that the order of slices and the reuse of those already made are seen.
        float[] ramp = [0, 1, 2, 3, 4, 5, 6, 7];
        var result = new float[15];

        Resize.Linear3D(ramp, new VolumeSize(1, 1, 8), result, new VolumeSize(1, 1, 15), CornerConvention.AlignCorners);

        Assert.All(Enumerable.Range(0, 15), k => Assert.Equal(k * 0.5f, result[k], 1e-5f));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ResamplingException>(() => Resize.Linear2D(Small, 5, 6, new float[4], 2, 2, CornerConvention.HalfPixel));
        Assert.Throws<ResamplingException>(() => Resize.Linear2D(Small, 5, 7, new float[4], 0, 2, CornerConvention.HalfPixel));
        Assert.Throws<ResamplingException>(() => Resize.Nearest2D<float>(Small, 5, 7, new float[4], 2, 3));
    }
}
