namespace SegBridge.Models.Inference;

/// <summary>A piece of work waiting for a device.</summary>
internal abstract class DeviceWork(string owner, Action<int>? queued, CancellationToken cancellation)
{
    private int _reported;

    public string Owner { get; } = owner;

    public CancellationToken Cancellation { get; } = cancellation;

    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Tells the caller how many run before this piece, when that changed.</summary>
    public void Report(int ahead)
    {
        if (queued is not null && ahead != _reported)
        {
            _reported = ahead;
            queued(ahead);
        }
    }

    public abstract void Run(CancellationToken stopping);

    public abstract void Cancel();

    public abstract void Fail(Exception exception);
}

/// <summary>Work with a result of type T.</summary>
internal sealed class DeviceWork<T>(
    string owner, Func<CancellationToken, T> work, Action<int>? queued, CancellationToken cancellation)
    : DeviceWork(owner, queued, cancellation)
{
    // The device's thread must not run what awaits the result.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _completion.Task;

    public override void Run(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, stopping);
        try
        {
            either.Token.ThrowIfCancellationRequested();
            _completion.TrySetResult(work(either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Cancel();
        }
        catch (Exception exception)
        {
            _completion.TrySetException(exception);
        }
    }

    public override void Cancel() => _completion.TrySetCanceled(Cancellation.IsCancellationRequested ? Cancellation : new CancellationToken(true));

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
