using SegBridge.Models.Slices;
using SegBridge.Sessions.Tasks;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Tests.Tasks;

public sealed class ExampleSelectionTests
{
    [Fact]
    public void Those_that_look_alike_are_picked_whatever_their_size_and_scale()
    {
        var random = new Random(1);
        // Blobs at three places, each drawn 6 times with noise, other sizes and other units.
        var looks = Enumerable.Range(0, 18).Select(n => ImageLook.Of(Blob(n % 3, 40 + (5 * n), random, 1 + n, 100 * n))).ToList();
        for (var place = 0; place < 3; place++)
        {
            var image = ImageLook.Of(Blob(place, 96, random, 3, -50));
            Assert.Equal(Enumerable.Range(0, 6).Select(n => (3 * n) + place), ExampleSelection.MostSimilar(image, looks, 6));
        }
    }

    [Fact]
    public void The_most_similar_image_to_an_image_is_itself()
    {
        var random = new Random(2);
        var looks = Enumerable.Range(0, 30).Select(n => ImageLook.Of(Blob(n % 3, 30 + n, random, 1, 0))).ToList();
        Assert.All(Enumerable.Range(0, 30), n => Assert.Equal([n], ExampleSelection.MostSimilar(looks[n], looks, 1)));
        Assert.Equal(Enumerable.Range(0, 30), ExampleSelection.MostSimilar(looks[0], looks, 64));
    }

    [Theory]
    [InlineData(1, 1, float.NaN)]
    [InlineData(3, 7, 0f)]
    [InlineData(64, 64, float.PositiveInfinity)]
    public void Images_without_contrast_or_numbers_look_like_something_too(int rows, int columns, float value)
    {
        var look = ImageLook.Of(new SliceImage(rows, columns, Enumerable.Repeat(value, rows * columns).ToArray(), null));
        Assert.True(float.IsFinite(look.SimilarityTo(look)));
    }

    [Fact]
    public void A_large_slice_is_reduced_to_an_example_of_512_pixels_with_its_mask()
    {
        var (rows, columns) = (700, 1400);
        var (pixels, mask) = (new float[rows * columns], new byte[rows * columns]);
        for (var n = 0; n < mask.Length; n++)
        {
            var (row, column) = (n / columns, n % columns);
            mask[n] = row is >= 100 and < 300 && column is >= 700 and < 1100 ? (byte)1 : (byte)0;
            pixels[n] = row + column;
        }

        var picture = SlicePicture.Of(new SliceImage(rows, columns, pixels, null), mask)!;

        Assert.Equal((256, 512), (picture.Rows, picture.Columns));
        var share = picture.Mask.ToArray().Sum(value => value) / (double)picture.Mask.Length;
        Assert.InRange(share, 0.95 * 200 * 400 / mask.Length, 1.05 * 200 * 400 / mask.Length);
        Assert.Equal(1, picture.Mask.Span[(73 * 512) + 329]);
        Assert.InRange(picture.Grey.Span[(128 * 512) + 256], 0.49 * ushort.MaxValue, 0.51 * ushort.MaxValue);

        Array.Clear(mask);
        mask[5000] = 1;
        Assert.Null(SlicePicture.Of(new SliceImage(rows, columns, pixels, null), mask));
    }

    [Fact]
    public void Thumbnails_are_small_PNGs_with_the_outline()
    {
        foreach (var picture in (ExamplePicture[])[TestTasks.Picture(1, 512, 300), TestTasks.Picture(2, 6, 12), TestTasks.Picture(3, 400, 512, windowed: false)])
        {
            using var file = new MemoryStream(ExampleThumbnail.Of(picture));
            var png = Imaging.Formats.PngFile.Read(file);
            Assert.True(Math.Max(png.Width, png.Height) <= 128 && png.Channels == 3);
            Assert.Contains(png.Samples.ToArray().Chunk(3), pixel => pixel is [255, 204, 0]);
        }
    }

    private static SliceImage Blob(int place, int side, Random random, double scale, double offset)
    {
        var pixels = new float[side * side];
        var (row, column) = (0.25 + (0.25 * place), 0.7 - (0.2 * place));
        for (var n = 0; n < pixels.Length; n++)
        {
            var (down, across) = (((double)(n / side) / side) - row, ((double)(n % side) / side) - column);
            pixels[n] = (float)(offset + (scale * (Math.Exp(-40 * ((down * down) + (across * across))) + (0.2 * random.NextDouble()))));
        }

        return new SliceImage(side, side, pixels, null);
    }
}
