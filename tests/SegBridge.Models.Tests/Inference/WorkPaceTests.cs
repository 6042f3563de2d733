using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

public sealed class WorkPaceTests
{
    [Theory]
    [InlineData(40, 10, 400)]
    [InlineData(40, 0, 100)]
    [InlineData(5000, 100, 30_000)]
    public void The_wait_follows_the_pace_within_bounds(int pieceMs, int pieces, int expectedMs)
    {
        var pace = new WorkPace();
        for (var n = 0; n < 100; n++)
        {
            pace.Count(TimeSpan.FromMilliseconds(pieceMs));
        }

        Assert.Equal(expectedMs, pace.TimeFor(pieces).TotalMilliseconds, 0.1);
    }
}
