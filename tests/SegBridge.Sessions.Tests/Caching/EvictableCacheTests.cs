using FsCheck;
using FsCheck.Fluent;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tests.Caching;

public sealed class EvictableCacheTests : IDisposable
{
    private readonly TestSession _one = new();
    private readonly TestSession _other = new();

    private BrickInbox Source => _one.State.Inbox;

    [Fact]
    public void What_was_used_longest_ago_gives_way_whichever_session_it_is_of()
    {
        var (budget, cache) = Make(100);
        var values = Enumerable.Range(0, 3).Select(_ => new Value()).ToArray();
        cache.TryKeep(Source, "a", values[0], 10);
        cache.TryKeep(_other.State.Inbox, "b", values[1], 10);
        cache.TryKeep(Source, "c", values[2], 10);
        Assert.Same(values[0], cache.Find<Value>("a"));

        budget.Reserve(80, "this");

        Assert.Null(cache.Find<Value>("b"));
        Assert.Equal([false, true, false], values.Select(value => value.IsDisposed));
        Assert.Equal((100, 20), (budget.Used, budget.Cached));
    }

    [Fact]
    public void A_cache_never_takes_memory_that_others_need()
    {
        var (budget, cache) = Make(100);
        budget.Reserve(70, "this");

        Assert.False(cache.TryKeep(Source, "too much", new Value(), 31));
        Assert.True(cache.TryKeep(Source, "fits", new Value(), 30));
        Assert.Throws<LimitExceededException>(() => budget.Reserve(31, "that"));
        Assert.NotNull(cache.Find<Value>("fits"));
        budget.Reserve(30, "that");

        Assert.Null(cache.Find<Value>("fits"));
        Assert.Equal((100, 0), (budget.Held, budget.Cached));
    }

    [Fact]
    public void Only_what_was_computed_of_the_volume_goes_with_it()
    {
        var (_, cache) = Make(100);
        var (gone, left) = (new Value(), new Value());
        cache.TryKeep(Source, "a", gone, 10);
        cache.TryKeep(_other.State.Inbox, "b", left, 10);

        Source.Close();
        cache.DropAll(Source);

        Assert.Equal((true, false, 10), (gone.IsDisposed, left.IsDisposed, cache.BytesHeld));
        Assert.False(cache.TryKeep(Source, "late", new Value(), 10));
    }

    [Fact]
    public void The_budget_holds_whatever_is_kept_reserved_and_released() => Prop.ForAll(
        Arb.From(Gen.Choose(-60, 60).ArrayOf(40)),
        amounts =>
        {
            var (budget, cache) = Make(100);
            var (reserved, kept) = (new Queue<int>(), new List<Value>());
            foreach (var (amount, n) in amounts.Select((amount, n) => (amount, n)))
            {
                if (amount > 0 && amount <= budget.Available)
                {
                    budget.Reserve(amount, "this");
                    reserved.Enqueue(amount);
                }
                else if (amount < 0 && new Value() is var value && cache.TryKeep(Source, n, value, -amount))
                {
                    kept.Add(value);
                }
                else if (reserved.TryDequeue(out var bytes))
                {
                    budget.Release(bytes);
                }

                Assert.InRange(budget.Used, reserved.Sum(), budget.Limit);
            }

            cache.DropAll(Source);
            Assert.All(kept, value => Assert.True(value.IsDisposed));
            Assert.Equal(reserved.Sum(), budget.Used);
        }).Check(Config.QuickThrowOnFailure);

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    private static (MemoryBudget Budget, EvictableCache Cache) Make(long limit)
    {
        var budget = new MemoryBudget(limit);
        var cache = new EvictableCache(budget, limit);
        budget.Share(cache);
        return (budget, cache);
    }

    private sealed class Value : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
