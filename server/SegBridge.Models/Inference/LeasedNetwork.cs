using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>
/// A loaded network that outlives its bundle until the last step on it has ended. Created with one lease, which
/// belongs to the bundle.
/// </summary>
internal abstract class LeasedNetwork(string device) : IDisposable
{
    private int _leases = 1;

    /// <summary>"cpu" or "cuda:0".</summary>
    public string Device { get; } = device;

    /// <summary>Bytes of image features that the network keeps by itself.</summary>
    public virtual long CachedBytes => 0;

    /// <summary>Gives up the image features that nothing needs at this moment; false when there were none. On any thread.</summary>
    public virtual bool ShrinkCache() => false;

    /// <exception cref="ModelRefusedException">The bundle was replaced or removed and nothing runs on the network any more.</exception>
    public void Acquire(string modelId)
    {
        for (var leases = Volatile.Read(ref _leases); leases > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
            {
                return;
            }

            leases = seen;
        }

        throw new ModelRefusedException($"model {modelId} was replaced or removed just now: try again");
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            Unload();
        }
    }

    /// <summary>Gives the lease of the creation back.</summary>
    public void Dispose() => Release();

    protected abstract void Unload();
}
