using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Caching;

namespace SegBridge.Sessions;

/// <summary>The memory that all sessions of a server share: one budget, one cache, and the volumes that are open.</summary>
internal sealed class ServerMemory
{
    /// <param name="options">The limits. Caches take half of the memory at most.</param>
    /// <param name="others">Further caches that count, and give way last.</param>
    public ServerMemory(SessionOptions options, params IEvictable[] others)
    {
        Budget = new MemoryBudget(options.MaxTotalBytes);
        Cache = new EvictableCache(Budget, options.MaxTotalBytes / 2);
        Budget.Share([Cache, .. others]);
        Volumes = new OpenVolumes(options, Budget, Cache);
    }

    public MemoryBudget Budget { get; }

    public EvictableCache Cache { get; }

    public OpenVolumes Volumes { get; }
}
