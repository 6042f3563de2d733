namespace SegBridge.Sessions.Tests;

public sealed class SessionClockTests
{
    private readonly ManualTime _time = new();
    private readonly SessionOptions _options = new() { IdleTimeout = TimeSpan.FromMinutes(30), LivenessTimeout = TimeSpan.FromMinutes(5) };

    [Fact]
    public void A_session_without_any_sign_of_life_expires()
    {
        var clock = new SessionClock(_options, _time);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(clock.IsExpired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(clock.IsExpired);
    }

    [Fact]
    public void Signs_of_life_do_not_stop_the_idle_limit()
    {
        var clock = new SessionClock(_options, _time);
        for (var minute = 0; minute < 30; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            clock.ShowLife();
        }

        Assert.False(clock.IsExpired);
        Assert.Equal(TimeSpan.Zero, clock.IdleLeft);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(clock.IsExpired);
    }

    [Fact]
    public void A_session_in_use_does_not_expire()
    {
        var clock = new SessionClock(_options, _time);
        using (clock.BeginUse())
        {
            _time.Advance(TimeSpan.FromHours(2));
            Assert.False(clock.IsExpired);
        }

        Assert.False(clock.IsExpired);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.True(clock.IsExpired);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
