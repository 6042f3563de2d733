using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class WithdrawnRequestTests : IDisposable
{
    private readonly TestSession _test = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WithdrawnRequestTests()
    {
        _test.PutAllBricks();
        // The first step hangs until it is stopped.
        _test.Model.Hold = async cancellation =>
        {
            if (_started.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_step_under_way_ends_and_its_prompts_do_not_count(int slice)
    {
        var running = _test.PredictAsync(Request(2, 15, "a"));
        await _started.Task;

        var next = await StepAsync(Request(slice, 5, "b") with { WithdrawnRequestIds = ["a"] });

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal((1, 48), (next.Step, next.Segment.VoxelCount));
        Assert.Equal(48 + (slice == 2 ? 0 : 48), (await StepAsync(Request(2, 5, "c"))).Segment.VoxelCount);
        Assert.Contains("was withdrawn after", Assert.Single(_test.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_newer_step_inherited_is_forgotten_too()
    {
        var older = _test.PredictAsync(Request(2, 15, "a"));
        await _started.Task;
        using var cancel = new CancellationTokenSource();
        _test.Model.Hold = async cancellation =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _test.PredictAsync(Request(2, 16, "b"), cancel.Token));
        await Assert.ThrowsAsync<SupersededException>(() => older);
        _test.Model.Hold = _ => Task.CompletedTask;

        var next = await StepAsync(Request(2, 5, "c") with { WithdrawnRequestIds = ["b", "a"] });

        Assert.Equal((1, 48), (next.Step, next.Segment.VoxelCount));
        Assert.Equal(["cancelled", "superseded"], _test.Log.Lines.Select(line => line.Split(' ')[6]).Order());
    }

    [Fact]
    public async Task What_a_running_step_inherited_is_forgotten_by_a_step_on_another_slice()
    {
        var older = _test.PredictAsync(Request(2, 15, "a"));
        await _started.Task;
        var (running, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _test.Model.Hold = async _ =>
        {
            if (running.TrySetResult())
            {
                await go.Task;
            }
        };
        var heir = StepAsync(Request(2, 16, "b"));
        await running.Task;
        await Assert.ThrowsAsync<SupersededException>(() => older);

        var other = StepAsync(Request(3, 5, "c") with { WithdrawnRequestIds = ["a"] });
        while (UnderWay() < 2)
        {
            await Task.Delay(1);
        }

        go.SetResult();

        // The bright box, and the click of "b" alone; so it is on the slice's next step.
        Assert.Equal(48 + 1, (await heir).Changed.Count);
        await other;
        Assert.Equal(48 + 1 + 48, (await StepAsync(Request(2, 5, "d"))).Segment.VoxelCount);
        Assert.DoesNotContain(_test.Model.Calls[^1].Prompts.Points, point => point.Column == 15);
    }

    [Fact]
    public async Task A_request_that_comes_after_its_withdrawal_is_not_done()
    {
        _started.SetResult();
        await StepAsync(Request(2, 5, "b") with { WithdrawnRequestIds = ["a"] });

        await Assert.ThrowsAsync<OperationCanceledException>(() => _test.PredictAsync(Request(2, 15, "a")));

        Assert.Equal((1, 48), (_test.Session.Segments[0].Step, _test.Session.Segments[0].VoxelCount));
    }

    [Fact]
    public async Task What_was_done_before_stays_and_is_still_answered()
    {
        _started.SetResult();
        await StepAsync(Request(2, 15, "a"));

        await StepAsync(Request(2, 5, "b") with { WithdrawnRequestIds = ["a"] });

        Assert.Equal(1, (await StepAsync(Request(2, 15, "a"))).Step);
        Assert.Equal(49, _test.Session.Segments[0].VoxelCount);
    }

    public void Dispose() => _test.Dispose();

    private int UnderWay()
    {
        lock (_test.State.Gate)
        {
            return _test.State.GetSegment("1").InFlight.Count;
        }
    }

    private static StepRequest Request(int slice, double i, string id) =>
        TestSession.Request(slice, TestSession.Click(i, i == 5 ? 5 : 12, slice)) with { RequestId = id };

    private async Task<StepResult> StepAsync(StepRequest request) => (StepResult)(await _test.PredictAsync(request))[^1];
}
