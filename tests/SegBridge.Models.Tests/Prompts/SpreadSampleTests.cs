using FsCheck;
using FsCheck.Fluent;
using SegBridge.Models.Prompts;

namespace SegBridge.Models.Tests.Prompts;

public sealed class SpreadSampleTests
{
    [Fact]
    public void Everything_is_taken_while_there_is_room() =>
        Assert.Equal([0, 1, 2, 3], SpreadSample.Of(4, 4));

    [Fact]
    public void A_sample_is_ascending_of_the_right_length_and_leaves_no_large_gap() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (count, most) =>
        {
            var sample = SpreadSample.Of(count.Get, most.Get).ToArray();
            var bounded = sample.Prepend(-1).Append(count.Get).ToArray();
            var widest = bounded.Zip(bounded.Skip(1)).Max(pair => pair.Second - pair.First);
            Assert.Equal(Math.Min(count.Get, most.Get), sample.Length);
            Assert.Equal(sample.Order().Distinct(), sample);
            Assert.InRange(sample[0], 0, count.Get - 1);
            Assert.InRange(sample[^1], 0, count.Get - 1);
            Assert.True(widest <= 2 * ((count.Get / Math.Min(most.Get, count.Get)) + 1), $"{widest} of {count.Get} in {most.Get}");
            Assert.Equal(sample, SpreadSample.Of(count.Get, most.Get));
        }));

    [Fact]
    public void Room_is_shared_fully_and_nobody_gets_more_than_there_is() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (first, second, room) =>
        {
            var (one, two) = SpreadSample.Share(first.Get, second.Get, room.Get);
            Assert.InRange(one, 0, first.Get);
            Assert.InRange(two, 0, second.Get);
            Assert.Equal(Math.Min(first.Get + second.Get, room.Get), one + two);
            Assert.True(one >= Math.Min(first.Get, room.Get / 4) && two >= Math.Min(second.Get, room.Get / 4));
        }));
}
