using System.Collections.Concurrent;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

public sealed class InferenceDeviceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly InferenceDevice _device = new("cpu", queueLimit: 8);
    private readonly ManualResetEventSlim _gate = new();
    private readonly ConcurrentQueue<string> _done = new();

    [Fact]
    public async Task Owners_take_turns_and_each_owners_work_keeps_its_order()
    {
        var blocker = Block();
        Task[] all = [Add("a", "a1"), Add("a", "a2"), Add("a", "a3"), Add("b", "b1"), Add("c", "c1"), Add("b", "b2")];

        _gate.Set();
        await Task.WhenAll([blocker, .. all]).WaitAsync(Patience);

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], _done);
    }

    [Fact]
    public async Task All_work_runs_on_one_thread()
    {
        var threads = await Task.WhenAll(Enumerable.Range(0, 5)
            .Select(n => _device.RunAsync($"{n % 2}", _ => Environment.CurrentManagedThreadId, null, CancellationToken.None)));

        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task Waiting_work_hears_how_many_run_before_it()
    {
        var heard = new ConcurrentQueue<int>();
        var blocker = Block();
        var first = Add("a", "a1");
        var second = Add("a", "a2");
        var third = _device.RunAsync("b", _ => 0, heard.Enqueue, CancellationToken.None);
        Assert.Equal([2], heard);

        _gate.Set();
        await Task.WhenAll(blocker, first, second, third).WaitAsync(Patience);

        // b is served after a1: then only the running a1 is before it, then nothing.
        Assert.Equal([2, 1], heard);
    }

    [Fact]
    public async Task Work_that_starts_at_once_hears_nothing()
    {
        var heard = new ConcurrentQueue<int>();

        await _device.RunAsync("a", _ => 0, heard.Enqueue, CancellationToken.None);

        Assert.Empty(heard);
    }

    [Fact]
    public async Task Cancelled_work_leaves_the_queue_at_once_and_never_runs()
    {
        var heard = new ConcurrentQueue<int>();
        using var cancel = new CancellationTokenSource();
        var blocker = Block();
        var stale = _device.RunAsync("a", _ => Done("stale"), null, cancel.Token);
        var newer = _device.RunAsync("a", _ => Done("newer"), heard.Enqueue, CancellationToken.None);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stale.WaitAsync(Patience));
        Assert.Equal(1, _device.Waiting);
        Assert.Equal([2, 1], heard);
        _gate.Set();
        await Task.WhenAll(blocker, newer).WaitAsync(Patience);
        Assert.Equal(["newer"], _done);
    }

    [Fact]
    public async Task Running_work_sees_its_token_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var running = _device.RunAsync(
            "a",
            token =>
            {
                started.SetResult();
                token.WaitHandle.WaitOne(Patience);
                token.ThrowIfCancellationRequested();
                return 0;
            },
            null, cancel.Token);

        await started.Task.WaitAsync(Patience);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        Assert.Equal(7, await _device.RunAsync("a", _ => 7, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_never_enters_the_queue() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _device.RunAsync("a", _ => Done("never"), null, new CancellationToken(true)));

    [Fact]
    public async Task A_full_queue_is_busy_until_something_leaves_it()
    {
        var blocker = Block();
        using var cancel = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 8).Select(n => _device.RunAsync("a", _ => n, null, cancel.Token)).ToList();

        var exception = Assert.Throws<DeviceBusyException>(() => { _ = Add("b", "too much"); });
        Assert.Contains("8 steps are waiting for cpu", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.RetryAfter, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30));

        await cancel.CancelAsync();
        var next = Add("b", "fits");
        _gate.Set();
        await Task.WhenAll(blocker, next).WaitAsync(Patience);
        Assert.All(waiting, task => Assert.True(task.IsCanceled));
    }

    [Fact]
    public async Task Failing_work_fails_alone()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _device.RunAsync<int>("a", _ => throw new InvalidOperationException(), null, CancellationToken.None));
        var blocker = Block();
        var deaf = _device.RunAsync("a", _ => 1, _ => throw new FormatException(), CancellationToken.None);
        var sound = _device.RunAsync("a", _ => 2, null, CancellationToken.None);

        await Assert.ThrowsAsync<FormatException>(() => deaf.WaitAsync(Patience));
        _gate.Set();
        await blocker.WaitAsync(Patience);
        Assert.Equal(2, await sound.WaitAsync(Patience));
    }

    [Fact]
    public async Task Disposing_cancels_what_runs_and_what_waits()
    {
        var device = new InferenceDevice("cpu");
        var started = new TaskCompletionSource();
        var running = device.RunAsync(
            "a",
            token =>
            {
                started.SetResult();
                token.WaitHandle.WaitOne(Patience);
                token.ThrowIfCancellationRequested();
                return 0;
            },
            null, CancellationToken.None);
        var waiting = device.RunAsync("b", _ => 0, null, CancellationToken.None);
        await started.Task.WaitAsync(Patience);

        device.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        Assert.Throws<ObjectDisposedException>(() => { _ = device.RunAsync("a", _ => 0, null, CancellationToken.None); });
    }

    public void Dispose()
    {
        _gate.Set();
        _device.Dispose();
        _gate.Dispose();
    }

    // Holds the device until the gate opens; waits until it does so.
    private Task<int> Block()
    {
        using var holding = new ManualResetEventSlim();
        var task = _device.RunAsync(
            "blocker",
            token =>
            {
                holding.Set();
                _gate.Wait(Patience, token);
                return 0;
            },
            null, CancellationToken.None);
        Assert.True(holding.Wait(Patience));
        return task;
    }

    private Task<int> Add(string owner, string name) => _device.RunAsync(owner, _ => Done(name), null, CancellationToken.None);

    private int Done(string name)
    {
        _done.Enqueue(name);
        return 0;
    }
}
