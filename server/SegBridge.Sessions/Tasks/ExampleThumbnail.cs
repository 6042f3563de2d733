using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Resampling;

namespace SegBridge.Sessions.Tasks;

/// <summary>A small colour picture of an example: the image in grey, the outline of the mask in yellow.</summary>
public static class ExampleThumbnail
{
    /// <summary>Pixels of the longer side.</summary>
    public const int Side = 128;

    private static ReadOnlySpan<byte> Outline => [255, 204, 0];

    /// <summary>A PNG of at most <see cref="Side"/> × <see cref="Side"/> pixels.</summary>
    public static byte[] Of(ExamplePicture picture)
    {
        var scale = Math.Min(1, (double)Side / Math.Max(picture.Rows, picture.Columns));
        var (rows, columns) = (Math.Max(1, (int)(picture.Rows * scale)), Math.Max(1, (int)(picture.Columns * scale)));
        var (image, mask) = (new float[rows * columns], new byte[rows * columns]);
        Resize.Linear2D(Shown(picture), picture.Rows, picture.Columns, image, rows, columns, CornerConvention.HalfPixel);
        Resize.Nearest2D(picture.Mask.Span, picture.Rows, picture.Columns, mask, rows, columns);
        var pixels = new byte[image.Length * 3];
        for (var n = 0; n < image.Length; n++)
        {
            var pixel = pixels.AsSpan(n * 3, 3);
            pixel.Fill((byte)MathF.Round(image[n] * byte.MaxValue));
            if (IsEdge(mask, n, rows, columns))
            {
                Outline.CopyTo(pixel);
            }
        }

        using var file = new MemoryStream();
        PngFile.Write(file, columns, rows, pixels);
        return file.ToArray();
    }

    private static float[] Shown(ExamplePicture picture)
    {
        var image = picture.ToImage();
        var pixels = image.Pixels.ToArray();
        MinMax.Normalise(pixels, image.Window ?? ShownWindow(pixels));
        return pixels;
    }

    private static IntensityWindow ShownWindow(float[] pixels)
    {
        var (low, high) = Percentiles.Of(pixels, 0.5, 99.5);
        return new IntensityWindow(low, high);
    }

    private static bool IsEdge(byte[] mask, int n, int rows, int columns)
    {
        var (row, column) = (n / columns, n % columns);
        return mask[n] != 0 && (row == 0 || row == rows - 1 || column == 0 || column == columns - 1
            || mask[n - 1] == 0 || mask[n + 1] == 0 || mask[n - columns] == 0 || mask[n + columns] == 0);
    }
}
