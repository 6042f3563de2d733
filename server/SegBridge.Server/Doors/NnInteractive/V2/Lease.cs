using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>One client's claim on a session, which has the lease's token as its id once there is an image. One call at a time.</summary>
internal sealed class Lease
{
    private readonly SessionOptions _limits;
    private readonly TimeProvider _clock;
    private readonly long _claimed;
    private long _heard;

    public Lease(string token, string? keyName, SessionOptions limits, TimeProvider clock)
    {
        (Token, KeyName, _limits, _clock) = (token, keyName, limits, clock);
        _claimed = clock.GetTimestamp();
        ShowLife();
    }

    public string Token { get; }

    public string? KeyName { get; }

    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Null: no image was sent yet, or it is not there any more.</summary>
    public DoorSegment? Segment { get; set; }

    /// <summary>There was an image, and its session has ended.</summary>
    public bool HasLostImage { get; set; }

    /// <summary>Whether nothing was heard of the client for longer than the limit.</summary>
    public bool IsSilent => _clock.GetElapsedTime(Volatile.Read(ref _heard)) > _limits.LivenessTimeout;

    /// <summary>When the client was last heard of.</summary>
    public long Heard => Volatile.Read(ref _heard);

    /// <summary>Time left until the idle limit; asking is no sign of life.</summary>
    public TimeSpan IdleLeft
    {
        get
        {
            var left = Segment?.Session.IdleLeft ?? _limits.IdleTimeout - _clock.GetElapsedTime(_claimed);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void ShowLife()
    {
        Volatile.Write(ref _heard, _clock.GetTimestamp());
        Segment?.Session.KeepAlive();
    }
}
