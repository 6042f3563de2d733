using FsCheck;
using FsCheck.Fluent;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

public sealed class FairQueueTests
{
    [Fact]
    public void Positions_are_the_order_in_which_work_is_taken() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new Random(seed);
            var queue = new FairQueue();
            List<DeviceWork> waiting = [];
            for (var n = random.Next(40); n > 0; n--)
            {
                var work = new DeviceWork<int>($"{random.Next(5)}", _ => 0, null, CancellationToken.None);
                queue.Add(work);
                waiting.Add(work);
                if (random.Next(4) == 0)
                {
                    var gone = waiting[random.Next(waiting.Count)];
                    Assert.True(queue.Remove(gone));
                    Assert.False(queue.Remove(gone));
                    waiting.Remove(gone);
                }

                if (random.Next(4) == 0 && queue.TryTake(out var taken))
                {
                    waiting.Remove(taken);
                }
            }

            var foretold = queue.Positions().ToList();
            List<DeviceWork> order = [];
            while (queue.TryTake(out var next))
            {
                order.Add(next);
            }

            Assert.Equal(waiting.Count, order.Count);
            Assert.Equal(order, foretold.Select(position => position.Work));
            Assert.Equal(Enumerable.Range(0, order.Count), foretold.Select(position => position.Before));
            foreach (var owner in order.GroupBy(work => work.Owner))
            {
                Assert.Equal(waiting.Where(work => work.Owner == owner.Key), owner);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void However_much_others_ask_for_at_most_one_piece_of_each_goes_before_an_owners_first() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 9).ArrayOf()), Arb.From(Gen.Choose(0, 20)), (others, taken) =>
        {
            var queue = new FairQueue();
            foreach (var owner in others)
            {
                queue.Add(new DeviceWork<int>($"{owner}", _ => 0, null, CancellationToken.None));
            }

            for (var n = 0; n < taken; n++)
            {
                queue.TryTake(out _);
            }

            var waiting = queue.Positions().Select(position => position.Work.Owner).Distinct().Count();
            var late = new DeviceWork<int>("late", _ => 0, null, CancellationToken.None);
            queue.Add(late);

            Assert.InRange(queue.Positions().Single(position => position.Work == late).Before, 0, waiting);
        }).Check(Config.QuickThrowOnFailure);
}
