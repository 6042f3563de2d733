namespace SegBridge.Sessions.Tests;

public sealed class TurnQueueTests
{
    [Fact]
    public async Task Turns_come_in_the_order_of_asking_also_when_one_gives_up()
    {
        var queue = new TurnQueue();
        using var cancel = new CancellationTokenSource();
        var first = await queue.EnterAsync(default);
        var second = queue.EnterAsync(cancel.Token);
        var third = queue.EnterAsync(default);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);

        first.Dispose();
        (await third).Dispose();
        (await queue.EnterAsync(default)).Dispose();
    }
}
