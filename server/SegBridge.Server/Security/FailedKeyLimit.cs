using SegBridge.Server.Hosting;
using SegBridge.Server.Limits;

namespace SegBridge.Server.Security;

/// <summary>How often each address may come with a key that is not known to be right.</summary>
internal sealed class FailedKeyLimit(LimitSettings limits, TimeProvider clock)
{
    public TokenBuckets Buckets { get; } = new(limits.FailedKeysPerMinute / 60.0, Math.Max(1, limits.FailedKeysPerMinute), clock);
}
