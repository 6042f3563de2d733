namespace SegBridge.Sessions.Archives;

/// <summary>Memory that something takes for a while, counted as it grows.</summary>
internal sealed class MemoryLease(MemoryBudget budget, string what) : IDisposable
{
    private long _bytes;

    /// <summary>Takes what is missing up to so many bytes.</summary>
    /// <exception cref="Errors.LimitExceededException">There is no room.</exception>
    public void GrowTo(long bytes)
    {
        if (bytes > _bytes)
        {
            budget.Reserve(bytes - _bytes, what);
            _bytes = bytes;
        }
    }

    public void Dispose()
    {
        budget.Release(_bytes);
        _bytes = 0;
    }
}
