using System.Buffers;
using System.Runtime.CompilerServices;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Slices;

/// <summary>
/// Slices as a network sees them: normalised on their own pixels, then fitted to the grid. Kept as long as the
/// <see cref="SliceImage"/> they come from, so that only the first prompt on a slice pays for them.
/// </summary>
internal sealed class FittedImages(SliceGrid grid, Normalisation normalisation)
{
    private readonly ConditionalWeakTable<SliceImage, float[]> _fitted = [];

    /// <summary>Rows × columns of the grid, 0..1.</summary>
    /// <exception cref="IntensityException">The window is not finite or the wrong way round.</exception>
    public ReadOnlySpan<float> Of(SliceImage image)
    {
        if (!_fitted.TryGetValue(image, out var fitted))
        {
            fitted = Fit(image);
            _fitted.AddOrUpdate(image, fitted);
        }

        return fitted;
    }

    private float[] Fit(SliceImage image)
    {
        var buffer = ArrayPool<float>.Shared.Rent(image.Pixels.Length);
        try
        {
            var pixels = buffer.AsSpan(0, image.Pixels.Length);
            image.Pixels.Span.CopyTo(pixels);
            var cells = new float[grid.Count];
            if ((image.Window ?? PercentileWindow(pixels)) is { } window)
            {
                MinMax.Normalise(pixels, window);
                new SliceFit(image.Rows, image.Columns, grid).ToGrid(pixels, cells);
            }

            return cells;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Null when no pixel is a number.</summary>
    private IntensityWindow? PercentileWindow(Span<float> pixels)
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
