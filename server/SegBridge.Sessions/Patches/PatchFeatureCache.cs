using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// What a 3D model computed of the patches used last, so that a step after the first one on a patch does not encode it
/// again. Bounded by number and by the server's memory budget. Thread-safe; features are used within the session's turn.
/// </summary>
internal sealed class PatchFeatureCache(MemoryBudget budget)
{
    private const int Capacity = 2;

    private readonly Lock _gate = new();
    private readonly LinkedList<(Key Key, PatchFeatures Features)> _recent = new();
    private bool _closed;

    public PatchFeatures? Find(Key key)
    {
        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Features;
                }
            }

            return null;
        }
    }

    /// <summary>Keeps features, giving up the oldest for them.</summary>
    /// <exception cref="LimitExceededException">There is no memory for them; they are disposed of.</exception>
    public void Keep(Key key, PatchFeatures features)
    {
        lock (_gate)
        {
            while (_recent.Count >= Capacity || (_recent.Count > 0 && budget.Available < features.SizeBytes))
            {
                DropOldest();
            }

            try
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                budget.Reserve(features.SizeBytes, "keeping the image features of this patch");
            }
            catch
            {
                features.Dispose();
                throw;
            }

            _recent.AddFirst((key, features));
        }
    }

    /// <summary>Gives everything up, for good.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_recent.Count > 0)
            {
                DropOldest();
            }
        }
    }

    private void DropOldest()
    {
        var features = _recent.Last!.Value.Features;
        _recent.RemoveLast();
        Free(features);
    }

    private void Free(PatchFeatures features)
    {
        budget.Release(features.SizeBytes);
        features.Dispose();
    }

    /// <summary>What features depend on.</summary>
    /// <param name="Model">Which model; another instance when its bundle changed.</param>
    /// <param name="Patch">Where the patch lies.</param>
    /// <param name="Window">The window that its values were clipped to, if the model follows it.</param>
    /// <param name="Statistics">Of the volume, if the model goes by them.</param>
    /// <param name="Replacements">See <see cref="Bricks.BrickInbox.Replacements"/>.</param>
    internal sealed record Key(IVolumeModel Model, VolumeGeometry Patch, IntensityWindow? Window, IntensityStatistics? Statistics, long Replacements);
}
