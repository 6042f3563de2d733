namespace SegBridge.Sessions.Bricks;

/// <summary>Wakes predictions that wait for bricks.</summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource _next = NewSource();

    /// <summary>Completes at the next arrival. Take it before looking at what is there, so that none is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, NewSource()).SetResult();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
