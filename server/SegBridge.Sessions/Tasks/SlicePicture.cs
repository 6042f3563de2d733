using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Resampling;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tasks;

/// <summary>Makes an example of a slice as models see it.</summary>
internal static class SlicePicture
{
    /// <summary>
    /// Clips to the window (without one: to the range of finite values), scales to 16 bits, and reduces a slice of more than
    /// <see cref="ExamplePicture.MaxSide"/> pixels linearly, with the mask cut at one half.
    /// </summary>
    /// <param name="image">The slice.</param>
    /// <param name="mask">Row-major, rows × columns, 0 or 1.</param>
    /// <returns>Null when nothing of the mask is left.</returns>
    public static ExamplePicture? Of(SliceImage image, ReadOnlySpan<byte> mask)
    {
        var pixels = image.Pixels.ToArray();
        MinMax.Normalise(pixels, image.Window ?? RangeOf(pixels));
        var inside = new float[mask.Length];
        for (var n = 0; n < inside.Length; n++)
        {
            inside[n] = mask[n];
        }

        var scale = Math.Min(1, (double)ExamplePicture.MaxSide / Math.Max(image.Rows, image.Columns));
        var (rows, columns) = (Side(image.Rows, scale), Side(image.Columns, scale));
        var (grey, drawn) = (new ushort[rows * columns], new byte[rows * columns]);
        var (small, share) = (Reduce(pixels, image, rows, columns), Reduce(inside, image, rows, columns));
        for (var n = 0; n < grey.Length; n++)
        {
            grey[n] = (ushort)MathF.Round(small[n] * ushort.MaxValue);
            drawn[n] = share[n] >= 0.5f ? (byte)1 : (byte)0;
        }

        return drawn.AsSpan().Contains((byte)1) ? new ExamplePicture(rows, columns, grey, drawn, image.Window is not null) : null;
    }

    private static int Side(int pixels, double scale) => Math.Max(1, (int)Math.Round(pixels * scale));

    private static float[] Reduce(float[] map, SliceImage image, int rows, int columns)
    {
        if ((rows, columns) == (image.Rows, image.Columns))
        {
            return map;
        }

        var small = new float[rows * columns];
        Resize.Linear2D(map, image.Rows, image.Columns, small, rows, columns, CornerConvention.HalfPixel);
        return small;
    }

    private static IntensityWindow RangeOf(ReadOnlySpan<float> pixels)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var pixel in pixels)
        {
            if (float.IsFinite(pixel))
            {
                (low, high) = (Math.Min(low, pixel), Math.Max(high, pixel));
            }
        }

        return low <= high ? new IntensityWindow(low, high) : new IntensityWindow(0, 0);
    }
}
