using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices.ScribblePromptSam;

/// <summary>
/// The encoder's answers for the slices prompted last, within a budget of memory. A slice that nobody holds any more
/// gives its place up first. Answers are asked for and used by one thread; memory may be asked back by any.
/// </summary>
internal sealed class EmbeddingCache(long budgetBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _recent = new();
    private long _sizeBytes;

    public long SizeBytes => Interlocked.Read(ref _sizeBytes);

    public int Count => _recent.Count;

    /// <summary>The answer for this very instance, made when there is none. It stays valid until the next is asked for.</summary>
    public TensorBuffer GetOrAdd(SliceImage image, Func<SliceImage, TensorBuffer> encode)
    {
        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Image.TryGetTarget(out var known) && ReferenceEquals(known, image))
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Embedding;
                }
            }
        }

        var embedding = encode(image);
        lock (_gate)
        {
            _recent.AddFirst(new Entry(new WeakReference<SliceImage>(image), embedding));
            _sizeBytes += embedding.SizeBytes;
            Trim();
        }

        return embedding;
    }

    /// <summary>Gives up all answers but the newest, which may be in use; false when there were no others.</summary>
    public bool Shrink()
    {
        lock (_gate)
        {
            var before = _recent.Count;
            while (_recent.Count > 1)
            {
                Drop(_recent.Last!);
            }

            return _recent.Count < before;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_recent.Last is { } last)
            {
                Drop(last);
            }
        }
    }

    // The newest one stays whatever it takes.
    private void Trim()
    {
        for (var node = _recent.Last; node != _recent.First;)
        {
            var newer = node!.Previous;
            if (!node.Value.Image.TryGetTarget(out _))
            {
                Drop(node);
            }

            node = newer;
        }

        while (_sizeBytes > budgetBytes && _recent.Count > 1)
        {
            Drop(_recent.Last!);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _sizeBytes -= node.Value.Embedding.SizeBytes;
        node.Value.Embedding.Dispose();
    }

    private sealed record Entry(WeakReference<SliceImage> Image, TensorBuffer Embedding);
}
