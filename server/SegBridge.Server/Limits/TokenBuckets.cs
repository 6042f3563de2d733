namespace SegBridge.Server.Limits;

/// <summary>
/// One bucket of tokens for each caller: a call takes one, and they come back at a fixed rate up to the bucket's size.
/// </summary>
/// <param name="perSecond">Tokens that come back each second.</param>
/// <param name="size">Tokens of a full bucket, at least 1.</param>
/// <param name="clock">The clock that refills.</param>
internal sealed class TokenBuckets(double perSecond, double size, TimeProvider clock)
{
    private const int MaxBuckets = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes a token.</summary>
    /// <param name="caller">Whose bucket.</param>
    /// <param name="retryAfter">When there will be one again; zero when there was one.</param>
    public bool TryTake(string caller, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            var tokens = Refilled(caller, now);
            if (tokens < 1)
            {
                retryAfter = TimeSpan.FromSeconds((1 - tokens) / perSecond);
                return false;
            }

            if (_buckets.Count >= MaxBuckets)
            {
                Forget(now);
            }

            _buckets[caller] = new Bucket(tokens - 1, now);
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    private double Refilled(string caller, long now) => _buckets.TryGetValue(caller, out var bucket)
        ? Math.Min(size, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond))
        : size;

    // A full bucket is as good as none. With callers without end, the oldest half goes.
    private void Forget(long now)
    {
        foreach (var caller in _buckets.Keys.Where(caller => Refilled(caller, now) >= size).ToList())
        {
            _buckets.Remove(caller);
        }

        if (_buckets.Count >= MaxBuckets)
        {
            foreach (var (caller, _) in _buckets.OrderBy(entry => entry.Value.At).Take(MaxBuckets / 2).ToList())
            {
                _buckets.Remove(caller);
            }
        }
    }

    private readonly record struct Bucket(double Tokens, long At);
}
