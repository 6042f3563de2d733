using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tests.Bricks;

public sealed class BrickInboxTests : IDisposable
{
    private readonly TestSession _test = new();

    [Fact]
    public void Bricks_are_counted_with_their_decoded_bytes()
    {
        var held = _test.Session.PutBricks([_test.BrickAt(new BrickIndex(0, 0, 0)), _test.BrickAt(new BrickIndex(2, 1, 2))]);
        var again = _test.Session.PutBricks([_test.BrickAt(new BrickIndex(0, 0, 0))]);

        Assert.Equal(new BricksHeld(2, 2, (8 * 8 * 2) + (4 * 8 * 2)), held);
        Assert.Equal(new BricksHeld(1, 2, held.HeldBytes), again);
        Assert.Equal(held.HeldBytes, _test.Budget.Used);
    }

    [Fact]
    public void One_wrong_brick_keeps_the_others_of_its_request_out()
    {
        var wrong = _test.BrickAt(new BrickIndex(1, 0, 0)) with { Crc32 = 1 };

        var refused = Assert.Throws<InvalidRequestException>(
            () => _test.Session.PutBricks([_test.BrickAt(new BrickIndex(0, 0, 0)), wrong]));

        Assert.Contains("CRC-32", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _test.State.Inbox.Store.BrickCount);
        Assert.Equal(0, _test.Budget.Used);
    }

    [Fact]
    public void Bricks_outside_the_volume_or_of_wrong_length_are_refused()
    {
        Assert.Throws<BrickException>(() => _test.Session.PutBricks([_test.BrickAt(default) with { Index = new BrickIndex(3, 0, 0) }]));
        Assert.Throws<InvalidRequestException>(() => _test.Session.PutBricks([new EncodedBrick(default, BrickEncoding.Raw, new byte[7], null)]));
        var whole = _test.BrickAt(default);
        Assert.Throws<InvalidRequestException>(() => _test.Session.PutBricks([whole with { Data = whole.Data[..^5] }]));
        Assert.Throws<InvalidRequestException>(() => _test.Session.PutBricks([]));
    }

    [Fact]
    public void Limits_hold_before_anything_is_decoded()
    {
        using var small = new TestSession(new SessionOptions { MaxTotalBytes = 1 << 20, MaxBrickBytesPerSession = 200 });
        small.Session.PutBricks([small.BrickAt(new BrickIndex(0, 0, 0))]);

        Assert.Throws<LimitExceededException>(() => small.Session.PutBricks([small.BrickAt(new BrickIndex(1, 0, 0))]));
        small.Session.PutBricks([small.BrickAt(new BrickIndex(0, 0, 0))]);

        using var full = new TestSession(new SessionOptions { MaxTotalBytes = 100 });
        Assert.Throws<LimitExceededException>(() => full.Session.PutBricks([full.BrickAt(new BrickIndex(0, 0, 0))]));
        Assert.Equal(0, full.Budget.Used);
    }

    [Fact]
    public void Closing_gives_the_memory_back()
    {
        _test.PutAllBricks();
        Assert.NotEqual(0, _test.Budget.Used);

        _test.Session.Close();

        Assert.Equal(0, _test.Budget.Used);
    }

    public void Dispose() => _test.Dispose();
}
