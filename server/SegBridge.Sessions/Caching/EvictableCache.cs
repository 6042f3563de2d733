using SegBridge.Sessions.Bricks;

namespace SegBridge.Sessions.Caching;

/// <summary>
/// What was computed of bricks and can be computed again: image features, images of slices. What was used longest ago,
/// for whichever session, gives way when memory is needed. Thread-safe.
/// </summary>
/// <param name="budget">Asked to make room for what comes.</param>
/// <param name="maxBytes">Most that the cache holds, even when there is more memory.</param>
internal sealed class EvictableCache(MemoryBudget budget, long maxBytes) : IEvictable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();
    private long _bytesHeld;

    public long BytesHeld => Interlocked.Read(ref _bytesHeld);

    /// <summary>What was kept under a key; null when nothing was, or not any more.</summary>
    public T? Find<T>(object key)
        where T : class
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return (T)node.Value.Value;
        }
    }

    /// <summary>Keeps a value, which is disposed of (if it can be) when it gives way or its volume is closed.</summary>
    /// <param name="source">The volume that it was computed of.</param>
    /// <param name="key">Compared by value.</param>
    /// <param name="value">Belongs to the cache from now on, if it is taken.</param>
    /// <param name="bytes">Memory that it holds.</param>
    /// <returns>False when it is not taken: there is no room, the key is in use, or the volume is closed.</returns>
    public bool TryKeep(BrickInbox source, object key, object value, long bytes)
    {
        if (bytes > Math.Min(maxBytes, budget.Available))
        {
            return false;
        }

        lock (_gate)
        {
            if (source.IsClosed || _entries.ContainsKey(key))
            {
                return false;
            }

            _entries[key] = _recent.AddFirst(new Entry(source, key, value, bytes));
            _bytesHeld += bytes;
        }

        while (BytesHeld > maxBytes && EvictSome())
        {
        }

        budget.MakeRoom();
        return true;
    }

    public bool EvictSome()
    {
        Entry oldest;
        lock (_gate)
        {
            if (_recent.Last is not { } last)
            {
                return false;
            }

            oldest = Remove(last);
        }

        Free(oldest);
        return true;
    }

    /// <summary>Gives up what was kept under a key, if it still is.</summary>
    public void Drop(object key)
    {
        Entry dropped;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return;
            }

            dropped = Remove(node);
        }

        Free(dropped);
    }

    /// <summary>Gives up all that was computed of a volume.</summary>
    public void DropAll(BrickInbox source)
    {
        var dropped = new List<Entry>();
        lock (_gate)
        {
            for (var node = _recent.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Source == source)
                {
                    dropped.Add(Remove(node));
                }

                node = next;
            }
        }

        dropped.ForEach(Free);
    }

    private Entry Remove(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytesHeld -= node.Value.Bytes;
        return node.Value;
    }

    private static void Free(Entry entry) => (entry.Value as IDisposable)?.Dispose();

    private sealed record Entry(BrickInbox Source, object Key, object Value, long Bytes);
}
