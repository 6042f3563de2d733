using SegBridge.Server.Hosting;

namespace SegBridge.Server.Limits;

/// <summary>How fast each key, or address where keys are off, may call, on all ports together.</summary>
internal sealed class CallRateLimit(LimitSettings limits, TimeProvider clock)
{
    private readonly TokenBuckets? _buckets = limits.CallsPerSecond is { } perSecond ? new(perSecond, Math.Max(1, 2 * perSecond), clock) : null;

    public double? PerSecond => limits.CallsPerSecond;

    /// <summary>Takes a call's token.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="retryAfter">When there will be one again; zero when there was one.</param>
    public bool TryTake(string caller, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        return _buckets is null || _buckets.TryTake(caller, out retryAfter);
    }
}
