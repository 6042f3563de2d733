using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// The candidates that a model made last in a session, so that choosing one of them does not ask the model again. They
/// give way when memory is needed. Thread-safe.
/// </summary>
internal sealed class LatestCandidates(BrickInbox inbox, EvictableCache cache)
{
    private Proposals? _latest;

    /// <summary>The candidates of these proposals; null: ask the model again.</summary>
    public IReadOnlyList<T>? Find<T>(Proposals of) => cache.Find<IReadOnlyList<T>>(of);

    /// <summary>Keeps candidates instead of those before, if there is room.</summary>
    public void Keep<T>(Proposals of, IReadOnlyList<T> candidates, long bytes)
    {
        Forget(Interlocked.Exchange(ref _latest, of));
        cache.TryKeep(inbox, of, candidates, bytes);
    }

    /// <summary>Forgets them; they are made again when they are needed.</summary>
    public void Evict() => Forget(Interlocked.Exchange(ref _latest, null));

    private void Forget(Proposals? of)
    {
        if (of is not null)
        {
            cache.Drop(of);
        }
    }
}
