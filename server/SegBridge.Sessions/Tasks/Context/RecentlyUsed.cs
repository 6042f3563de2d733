namespace SegBridge.Sessions.Tasks.Context;

/// <summary>Keeps what was used last, up to a number of bytes. Thread-safe; two may make the same value at once.</summary>
internal sealed class RecentlyUsed<TKey, TValue>(long maxBytes, Func<TValue, long> bytesOf)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _recent = new();
    private long _bytes;

    /// <param name="make">May answer null: then nothing is kept.</param>
    public TValue? GetOrMake(TKey key, Func<TValue?> make)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Value;
            }
        }

        var made = make();
        if (made is not null)
        {
            Keep(key, made);
        }

        return made;
    }

    private void Keep(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_nodes.ContainsKey(key))
            {
                return;
            }

            _nodes[key] = _recent.AddFirst((key, value));
            _bytes += bytesOf(value);
            while (_bytes > maxBytes && _recent.Last is { } oldest)
            {
                _recent.RemoveLast();
                _nodes.Remove(oldest.Value.Key);
                _bytes -= bytesOf(oldest.Value.Value);
            }
        }
    }
}
