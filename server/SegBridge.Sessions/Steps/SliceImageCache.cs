using SegBridge.Imaging.Intensity;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// The images of the slices prompted last, so that what a model computes from an image alone is computed once.
/// Not used again when bricks arrive that might change them. Thread-safe.
/// </summary>
internal sealed class SliceImageCache(BrickInbox inbox, EvictableCache cache)
{
    /// <summary>The image of a slice whose bricks are all there.</summary>
    public SliceImage Get(Section section, IntensityWindow? window)
    {
        var key = new Key(inbox, section, window, inbox.Replacements);
        if (cache.Find<SliceImage>(key) is { } known)
        {
            return known;
        }

        var frame = SectionFrame.Of(section, inbox.Store.Geometry);
        var image = new SliceImage(frame.Rows, frame.Columns, frame.ReadImage(inbox.Store), window);
        cache.TryKeep(inbox, key, image, (long)frame.Rows * frame.Columns * sizeof(float));
        return image;
    }

    private sealed record Key(BrickInbox Inbox, Section Section, IntensityWindow? Window, long Replacements);
}
