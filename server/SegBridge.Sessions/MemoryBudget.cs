using SegBridge.Sessions.Caching;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions;

/// <summary>
/// Counts the bytes that all sessions hold, and refuses before they are allocated. Caches fill what is left and give
/// way as soon as it is needed. Thread-safe.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    // Memory comes back when a session ends; how soon that is depends on people.
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private IEvictable[] _caches = [];
    private long _held;

    public long Limit { get; } = limit;

    /// <summary>Bytes of bricks, masks and history, which nothing takes away.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Bytes of caches, which give way.</summary>
    public long Cached => _caches.Sum(cache => cache.BytesHeld);

    public long Used => Held + Cached;

    /// <summary>Bytes that can be reserved; caches give way for them.</summary>
    public long Available => Math.Max(0, Limit - Held);

    /// <summary>From now on these share the budget; the first gives way first. Before the budget is used.</summary>
    public void Share(params IEvictable[] caches) => _caches = caches;

    /// <summary>Takes bytes if they are free.</summary>
    /// <exception cref="LimitExceededException">They are not.</exception>
    public void Reserve(long bytes, string what)
    {
        if (Interlocked.Add(ref _held, bytes) > Limit)
        {
            Interlocked.Add(ref _held, -bytes);
            throw new LimitExceededException(
                $"{what} needs {bytes:N0} bytes and the server has {Available:N0} of {Limit:N0} free; close sessions that are done, or send only the bricks that a prediction asks for",
                RetryAfter);
        }

        MakeRoom();
    }

    /// <summary>Counts bytes that are there already and too few to refuse (masks and history); fewer than 0 gives back.</summary>
    public void Add(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        if (bytes > 0)
        {
            MakeRoom();
        }
    }

    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);

    /// <summary>Lets caches give way until all is within the limit.</summary>
    public void MakeRoom()
    {
        foreach (var cache in _caches)
        {
            while (Used > Limit && cache.EvictSome())
            {
            }
        }
    }
}
