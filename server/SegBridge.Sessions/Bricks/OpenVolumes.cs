using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Caching;

namespace SegBridge.Sessions.Bricks;

/// <summary>
/// The volumes that sessions work on. Sessions of the same caller whose volumes agree in content (by the SHA-256 that
/// the client states), geometry, type, rescale and bricks share one: bricks and image features are there once. Thread-safe.
/// </summary>
internal sealed class OpenVolumes(SessionOptions options, MemoryBudget budget, EvictableCache cache)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Content, BrickInbox> _shared = [];
    private readonly Dictionary<BrickInbox, (Content Content, int Sessions)> _users = [];

    /// <summary>The bricks of a volume, to be closed once by every session that opened it.</summary>
    /// <param name="volume">Without <see cref="VolumeDescription.ContentSha256"/> it is never shared.</param>
    /// <param name="caller">Whose it is: nothing is shared between callers.</param>
    /// <exception cref="BrickException">The brick size does not work.</exception>
    public BrickInbox Open(VolumeDescription volume, string caller)
    {
        if (volume.ContentSha256 is not { } hash)
        {
            return new BrickInbox(volume, options, budget);
        }

        var content = new Content(caller, hash, volume.Geometry, volume.VoxelType, volume.Rescale, volume.BrickSize);
        lock (_gate)
        {
            if (!_shared.TryGetValue(content, out var inbox))
            {
                inbox = _shared[content] = new BrickInbox(volume, options, budget);
            }

            _users[inbox] = (content, _users.GetValueOrDefault(inbox).Sessions + 1);
            return inbox;
        }
    }

    /// <summary>Ends one session's use; the last one frees bricks and all that was computed of them.</summary>
    public void Close(BrickInbox inbox)
    {
        lock (_gate)
        {
            if (_users.Remove(inbox, out var use))
            {
                if (use.Sessions > 1)
                {
                    _users[inbox] = use with { Sessions = use.Sessions - 1 };
                    return;
                }

                _shared.Remove(use.Content);
            }
        }

        inbox.Close();
        cache.DropAll(inbox);
    }

    private sealed record Content(
        string Caller, string Hash, VolumeGeometry Geometry, VoxelType VoxelType, Rescale Rescale, VolumeSize BrickSize);
}
