using System.Diagnostics;

namespace SegBridge.Models.Inference;

/// <summary>
/// One compute device with the one thread that works on it. Work of one owner runs in the order given; owners take
/// turns, so that one who asks for much does not keep the others waiting.
/// </summary>
public sealed class InferenceDevice : IDisposable
{
    /// <summary>The name of the device that every machine has.</summary>
    public const string Cpu = "cpu";

    private readonly object _gate = new();
    private readonly FairQueue _queue = new();
    private readonly WorkPace _pace = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private readonly int _queueLimit;
    private bool _working;
    private bool _disposed;

    /// <param name="name">"cpu" or "cuda:0". <see cref="InferenceDevices.Open"/> finds out which one works.</param>
    /// <param name="queueLimit">How many pieces of work may wait, at least 1.</param>
    /// <param name="threads">Threads within one network run on the CPU; 0: one per core that this process may use.</param>
    public InferenceDevice(string name, int queueLimit = 256, int threads = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(queueLimit, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Name = name;
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        _queueLimit = queueLimit;
        _thread = new Thread(Work) { IsBackground = true, Name = $"inference {name}" };
        _thread.Start();
    }

    /// <summary>"cpu" or "cuda:0".</summary>
    public string Name { get; }

    /// <summary>Threads within one network run on the CPU, at least 1.</summary>
    public int Threads { get; }

    /// <summary>Pieces of work that wait, without the one that runs.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Runs work on the device's thread when its turn comes.</summary>
    /// <param name="owner">Who asks, for example a session id.</param>
    /// <param name="work">Gets a token that is cancelled with <paramref name="cancellation"/> and when the device is disposed.</param>
    /// <param name="queued">
    /// Told how many pieces run before this one, now and whenever that changes, down to 0; not called when the work can
    /// start at once. Called under the queue's lock: it must only pass the number on.
    /// </param>
    /// <param name="cancellation">Takes waiting work out of the queue at once.</param>
    /// <exception cref="DeviceBusyException">The queue is full.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled or the device disposed before the work was done.</exception>
    public Task<T> RunAsync<T>(
        string owner, Func<CancellationToken, T> work, Action<int>? queued, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(work);
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        var item = new DeviceWork<T>(owner, work, queued, cancellation);
        // Before the work can start, so that the device's thread finds the registration to dispose.
        item.Registration = cancellation.UnsafeRegister(static state => ((Removal)state!).Invoke(), new Removal(this, item));
        try
        {
            Enqueue(item);
        }
        catch
        {
            item.Registration.Dispose();
            throw;
        }

        // A cancellation between the two found nothing to remove.
        if (cancellation.IsCancellationRequested)
        {
            Remove(item);
        }

        return item.Task;
    }

    /// <summary>Cancels what runs and what waits, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Monitor.PulseAll(_gate);
        }

        _stopping.Cancel();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
            _stopping.Dispose();
        }
    }

    private void Enqueue(DeviceWork item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_queue.Count >= _queueLimit)
            {
                throw new DeviceBusyException(
                    $"{_queue.Count} steps are waiting for {Name}, which is all that may wait: try again in a moment",
                    _pace.TimeFor(_queue.Count / 2));
            }

            _queue.Add(item);
            ReportPositions();
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (Next() is { } item)
        {
            var started = Stopwatch.GetTimestamp();
            item.Run(_stopping.Token);
            item.Registration.Dispose();
            _pace.Count(Stopwatch.GetElapsedTime(started));
        }

        List<DeviceWork> left = [];
        lock (_gate)
        {
            while (_queue.TryTake(out var item))
            {
                left.Add(item);
            }
        }

        foreach (var item in left)
        {
            item.Registration.Dispose();
            item.Cancel();
        }
    }

    private DeviceWork? Next()
    {
        lock (_gate)
        {
            _working = false;
            while (!_disposed)
            {
                if (_queue.TryTake(out var item))
                {
                    _working = true;
                    ReportPositions();
                    return item;
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    private void Remove(DeviceWork item)
    {
        lock (_gate)
        {
            if (!_queue.Remove(item))
            {
                return;
            }

            ReportPositions();
        }

        item.Cancel();
    }

    private void ReportPositions()
    {
        if (_queue.Count == 0)
        {
            return;
        }

        List<(DeviceWork Work, Exception Exception)>? failed = null;
        foreach (var (work, before) in _queue.Positions())
        {
            try
            {
                work.Report(before + (_working ? 1 : 0));
            }
            catch (Exception exception)
            {
                (failed ??= []).Add((work, exception));
            }
        }

        foreach (var (work, exception) in failed ?? [])
        {
            _queue.Remove(work);
            work.Fail(exception);
        }
    }

    private sealed class Removal(InferenceDevice device, DeviceWork item)
    {
        public void Invoke() => device.Remove(item);
    }
}
