namespace SegBridge.Sessions;

/// <summary>Keeps the order of a session's steps: one at a time, first come first served.</summary>
internal sealed class TurnQueue
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Waits for all earlier turns; dispose the result to let the next one in.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        var turn = new Turn();
        Task previous;
        lock (_gate)
        {
            previous = _last;
            _last = turn.Ended;
        }

        try
        {
            await previous.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits for this turn must still wait for the ones before it.
            _ = previous.ContinueWith(_ => turn.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return turn;
    }

    private sealed class Turn : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose() => _ended.TrySetResult();
    }
}
