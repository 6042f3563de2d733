using System.Diagnostics;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class WaitingTests
{
    [Fact]
    public async Task A_step_says_how_long_it_waited_for_the_one_before_it()
    {
        using var test = new TestSession();
        test.PutAllBricks();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously), held = new();
        test.Model.Hold = _ =>
        {
            started.TrySetResult();
            return held.Task;
        };
        var first = test.StepAsync(2, TestSession.Click(5, 5, 2));
        await started.Task;
        var second = test.StepAsync(3, TestSession.Click(5, 5, 3));
        var watch = Stopwatch.StartNew();
        await Task.Delay(50);
        var waited = watch.Elapsed.TotalMilliseconds;
        held.SetResult();

        var (early, late) = ((await first).Timing, (await second).Timing);

        Assert.True(early.TotalMs >= waited, $"{early} against {waited}");
        Assert.True(late.QueueMs >= waited && late.TotalMs >= late.QueueMs, $"{late} against {waited}");
    }

    [Fact]
    public async Task One_session_has_only_so_many_steps_under_way()
    {
        using var test = new TestSession(new SessionOptions { MaxTotalBytes = 1 << 20, MaxStepsUnderWay = 2 });
        test.PutAllBricks();
        var held = new TaskCompletionSource();
        test.Model.Hold = _ => held.Task;
        Task[] two = [test.StepAsync(1, TestSession.Click(5, 5, 1)), test.StepAsync(2, TestSession.Click(5, 5, 2))];
        while (UnderWay(test) < 2)
        {
            await Task.Delay(1);
        }

        var refused = await Assert.ThrowsAsync<LimitExceededException>(() => test.StepAsync(3, TestSession.Click(5, 5, 3)));
        Assert.NotNull(refused.RetryAfter);
        held.SetResult();
        await Task.WhenAll(two);

        Assert.Equal(3, (await test.StepAsync(3, TestSession.Click(5, 5, 3))).Step);
    }

    private static int UnderWay(TestSession test)
    {
        lock (test.State.Gate)
        {
            return test.State.Segments.Sum(segment => segment.InFlight.Count);
        }
    }
}
