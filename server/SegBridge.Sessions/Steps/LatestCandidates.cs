namespace SegBridge.Sessions.Steps;

/// <summary>
/// The candidates that a model made last, so that choosing one of them does not ask the model again. Kept only while
/// the server's memory budget has room for them. Thread-safe.
/// </summary>
internal sealed class LatestCandidates(MemoryBudget budget)
{
    private readonly Lock _gate = new();
    private Proposals? _of;
    private object? _candidates;
    private long _bytes;
    private bool _closed;

    /// <summary>The candidates of these proposals; null: ask the model again.</summary>
    public IReadOnlyList<T>? Find<T>(Proposals of)
    {
        lock (_gate)
        {
            return _of == of ? _candidates as IReadOnlyList<T> : null;
        }
    }

    /// <summary>Keeps candidates instead of those before, if there is room.</summary>
    public void Keep<T>(Proposals of, IReadOnlyList<T> candidates, long bytes)
    {
        lock (_gate)
        {
            Drop();
            if (!_closed && bytes <= budget.Available)
            {
                budget.Add(bytes);
                (_of, _candidates, _bytes) = (of, candidates, bytes);
            }
        }
    }

    /// <summary>Forgets them; they are made again when they are needed.</summary>
    public void Evict()
    {
        lock (_gate)
        {
            Drop();
        }
    }

    /// <summary>Gives everything up, for good.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Drop();
        }
    }

    private void Drop()
    {
        budget.Release(_bytes);
        (_of, _candidates, _bytes) = (null, null, 0);
    }
}
