using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions;

/// <summary>Counts the bytes that all sessions hold, and refuses before they are allocated. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    public long Limit { get; } = limit;

    public long Used => Interlocked.Read(ref _used);

    public long Available => Math.Max(0, Limit - Used);

    /// <summary>Takes bytes if they are free.</summary>
    /// <exception cref="LimitExceededException">They are not.</exception>
    public void Reserve(long bytes, string what)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit)
        {
            return;
        }

        Interlocked.Add(ref _used, -bytes);
        throw new LimitExceededException(
            $"{what} needs {bytes:N0} bytes and the server has {Available:N0} of {Limit:N0} free; close sessions that are done, or send only the bricks that a prediction asks for");
    }

    /// <summary>Counts bytes that are there already and too few to refuse (masks and history); fewer than 0 gives back.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
