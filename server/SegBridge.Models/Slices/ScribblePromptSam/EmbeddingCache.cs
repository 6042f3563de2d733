using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices.ScribblePromptSam;

/// <summary>
/// The encoder's answers for the slices prompted last, within a budget of memory. A slice that nobody holds any more
/// gives its place up first. To be used by one thread at a time.
/// </summary>
internal sealed class EmbeddingCache(long budgetBytes) : IDisposable
{
    private readonly LinkedList<Entry> _recent = new();

    public long SizeBytes { get; private set; }

    public int Count => _recent.Count;

    /// <summary>The answer for this very instance, made when there is none.</summary>
    public TensorBuffer GetOrAdd(SliceImage image, Func<SliceImage, TensorBuffer> encode)
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

        var embedding = encode(image);
        _recent.AddFirst(new Entry(new WeakReference<SliceImage>(image), embedding));
        SizeBytes += embedding.SizeBytes;
        Trim();
        return embedding;
    }

    public void Dispose()
    {
        while (_recent.Last is { } last)
        {
            Drop(last);
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

        while (SizeBytes > budgetBytes && _recent.Count > 1)
        {
            Drop(_recent.Last!);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        SizeBytes -= node.Value.Embedding.SizeBytes;
        node.Value.Embedding.Dispose();
    }

    private sealed record Entry(WeakReference<SliceImage> Image, TensorBuffer Embedding);
}
