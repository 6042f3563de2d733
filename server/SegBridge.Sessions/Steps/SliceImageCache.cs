using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// The images of the slices prompted last, so that what a model computes from an image alone is computed once.
/// Not used again when bricks arrive that might change them. Thread-safe.
/// </summary>
internal sealed class SliceImageCache(BrickInbox inbox, EvictableCache cache)
{
    /// <summary>The image of a slice whose bricks are all there.</summary>
    public SliceImage Get(SlicePlane plane, IntensityWindow? window)
    {
        var key = new Key(inbox, plane, window, inbox.Replacements);
        if (cache.Find<SliceImage>(key) is { } known)
        {
            return known;
        }

        var (rows, columns) = plane.ShapeIn(inbox.Store.Geometry.Size);
        var pixels = new float[rows * columns];
        inbox.Store.ReadSlice(plane, pixels);
        var image = new SliceImage(rows, columns, pixels, window);
        cache.TryKeep(inbox, key, image, (long)pixels.Length * sizeof(float));
        return image;
    }

    private sealed record Key(BrickInbox Inbox, SlicePlane Plane, IntensityWindow? Window, long Replacements);
}
