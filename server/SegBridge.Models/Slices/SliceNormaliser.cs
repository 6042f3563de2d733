using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Slices;

/// <summary>Brings the pixels of a slice to [0, 1].</summary>
internal static class SliceNormaliser
{
    /// <param name="image">The slice.</param>
    /// <param name="normalisation">Its percentiles count when the slice brings no window.</param>
    /// <param name="pixels">Receives one value for each pixel, unless none is a number.</param>
    /// <returns>False when no pixel is a number.</returns>
    /// <exception cref="IntensityException">The window is not finite or the wrong way round.</exception>
    public static bool TryNormalise(SliceImage image, MinMaxNormalisation normalisation, Span<float> pixels)
    {
        image.Pixels.Span.CopyTo(pixels);
        if ((image.Window ?? PercentileWindow(pixels, normalisation)) is not { } window)
        {
            return false;
        }

        MinMax.Normalise(pixels, window);
        return true;
    }

    /// <summary>Null when no pixel is a number.</summary>
    private static IntensityWindow? PercentileWindow(Span<float> pixels, MinMaxNormalisation normalisation)
    {
        var numbers = 0;
        foreach (ref var pixel in pixels)
        {
            // Infinities would become bounds of the window; like NaN they do not count.
            if (float.IsFinite(pixel))
            {
                numbers++;
            }
            else
            {
                pixel = float.NaN;
            }
        }

        if (numbers == 0)
        {
            return null;
        }

        var (low, high) = Percentiles.Of(pixels, normalisation.LowPercentile, normalisation.HighPercentile);
        return new IntensityWindow(low, high);
    }
}
