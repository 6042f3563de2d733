using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// The images of the slices prompted last, so that what a model computes from an image alone is computed once.
/// Forgotten when bricks arrive that might change them. Thread-safe.
/// </summary>
internal sealed class SliceImageCache(VolumeGeometry geometry, BrickInbox inbox)
{
    private const int Capacity = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>The image of a slice whose bricks are all there.</summary>
    public SliceImage Get(Section section, IntensityWindow? window)
    {
        var generation = inbox.Replacements;
        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Section == section && node.Value.Image.Window == window && node.Value.Generation == generation)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Image;
                }
            }
        }

        var frame = SectionFrame.Of(section, geometry);
        var image = new SliceImage(frame.Rows, frame.Columns, frame.ReadImage(inbox.Store), window);
        lock (_gate)
        {
            _recent.AddFirst(new Entry(section, generation, image));
            if (_recent.Count > Capacity)
            {
                _recent.RemoveLast();
            }
        }

        return image;
    }

    private sealed record Entry(Section Section, long Generation, SliceImage Image);
}
