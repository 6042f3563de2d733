using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// What 3D models computed of the patches used last, so that a step after the first one on a patch does not encode it
/// again: in this session, or in another one on the same content. Thread-safe.
/// </summary>
internal sealed class PatchFeatureCache(VolumeDescription volume, BrickInbox inbox, EvictableCache cache)
{
    /// <summary>Features kept, for the caller to dispose of when its step has ended; null when there are none (any more).</summary>
    public PatchFeatures? Find(Key key) => cache.Find<PatchFeatures>(Whole(key))?.TryShare();

    /// <summary>Keeps features if there is memory for them; the caller's own hold on them stays as it is.</summary>
    public void Keep(Key key, PatchFeatures features)
    {
        if (features.TryShare() is { } kept && !cache.TryKeep(inbox, Whole(key), kept, kept.SizeBytes))
        {
            kept.Dispose();
        }
    }

    private object Whole(Key key) => (inbox, volume.Modality, volume.Statistics, key);

    /// <summary>What features depend on, besides the volume.</summary>
    /// <param name="Model">Which model; another instance when its bundle changed.</param>
    /// <param name="Patch">Where the patch lies.</param>
    /// <param name="Window">The window that its values were clipped to, if the model follows it.</param>
    /// <param name="Statistics">Of the volume, if the model goes by them.</param>
    /// <param name="Replacements">See <see cref="BrickInbox.Replacements"/>.</param>
    internal sealed record Key(IVolumeModel Model, VolumeGeometry Patch, IntensityWindow? Window, IntensityStatistics? Statistics, long Replacements);
}
