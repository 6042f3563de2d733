using System.Buffers;
using System.Runtime.CompilerServices;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Slices;

/// <summary>
/// Slices as a network sees them: normalised on their own pixels, then fitted to the grid. Kept as long as the
/// <see cref="SliceImage"/> they come from, so that only the first prompt on a slice pays for them. Safe for concurrent
/// use.
/// </summary>
internal sealed class FittedImages(SliceGrid grid, MinMaxNormalisation normalisation)
{
    private readonly ConditionalWeakTable<SliceImage, float[]> _fitted = [];

    /// <summary>Rows × columns of the grid, 0..1.</summary>
    /// <exception cref="SegBridge.Imaging.Intensity.IntensityException">The window is not finite or the wrong way round.</exception>
    public ReadOnlyMemory<float> Of(SliceImage image)
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
            var cells = new float[grid.Count];
            if (SliceNormaliser.TryNormalise(image, normalisation, pixels))
            {
                new SliceFit(image.Rows, image.Columns, grid).ToGrid(pixels, cells);
            }

            return cells;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
