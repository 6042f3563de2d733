namespace SegBridge.Server.Services;

/// <summary>Whether the server serves, and when that changes.</summary>
internal sealed class ServingState
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsServing => !_stopped.Task.IsCompleted;

    /// <summary>Ends when the server begins to stop.</summary>
    public Task Stopped => _stopped.Task;

    public void Stop() => _stopped.TrySetResult();
}
