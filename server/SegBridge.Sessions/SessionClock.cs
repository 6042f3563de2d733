namespace SegBridge.Sessions;

/// <summary>When a session was last used and last heard of; says when it has expired. Thread-safe.</summary>
internal sealed class SessionClock
{
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private long _lastUse;
    private long _lastLife;
    private int _inUse;

    public SessionClock(SessionOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Use();
    }

    /// <summary>Time left until the idle limit.</summary>
    public TimeSpan IdleLeft
    {
        get
        {
            var left = _options.IdleTimeout - _time.GetElapsedTime(Volatile.Read(ref _lastUse));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool IsExpired => Volatile.Read(ref _inUse) == 0
        && (_time.GetElapsedTime(Volatile.Read(ref _lastUse)) > _options.IdleTimeout
            || _time.GetElapsedTime(Volatile.Read(ref _lastLife)) > _options.LivenessTimeout);

    /// <summary>The user did something.</summary>
    public void Use()
    {
        ShowLife();
        Volatile.Write(ref _lastUse, _time.GetTimestamp());
    }

    /// <summary>The client showed a sign of life.</summary>
    public void ShowLife() => Volatile.Write(ref _lastLife, _time.GetTimestamp());

    /// <summary>The session is in use until the result is disposed, however long that takes.</summary>
    public IDisposable BeginUse()
    {
        Use();
        Interlocked.Increment(ref _inUse);
        return new Using(this);
    }

    private sealed class Using(SessionClock clock) : IDisposable
    {
        public void Dispose()
        {
            clock.Use();
            Interlocked.Decrement(ref clock._inUse);
        }
    }
}
