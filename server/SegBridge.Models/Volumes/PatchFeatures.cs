using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// What a 3D network computes of a patch once, for all steps on it. Dispose of it when the patch is left; a step under
/// way ends undisturbed. Several holders may share the same memory, which is freed when the last one has disposed.
/// </summary>
public sealed class PatchFeatures : IDisposable
{
    private readonly LeasedMaps _maps;
    private int _disposed;

    internal PatchFeatures(VolumeNetwork network, VolumePatch patch, IReadOnlyList<TensorBuffer> maps)
        : this(network, patch, new LeasedMaps([.. maps]))
    {
    }

    private PatchFeatures(VolumeNetwork network, VolumePatch patch, LeasedMaps maps) => (Network, Patch, _maps) = (network, patch, maps);

    /// <summary>Bytes of memory held, the patch itself among them.</summary>
    public long SizeBytes => _maps.Buffers.Sum(buffer => buffer.SizeBytes) + ((long)Patch.Voxels.Length * sizeof(float));

    /// <summary>Milliseconds spent waiting for the device.</summary>
    public double QueueMs { get; internal set; }

    /// <summary>Milliseconds on the device.</summary>
    public double ModelMs { get; internal set; }

    /// <summary>Where <see cref="ModelMs"/> went.</summary>
    public IReadOnlyList<Lap> Parts { get; internal set; } = [];

    internal VolumeNetwork Network { get; }

    internal VolumePatch Patch { get; }

    /// <summary>In the network's own order.</summary>
    internal IReadOnlyList<TensorBuffer> Maps => _maps.Buffers;

    /// <summary>The same features for one more holder, who disposes of them too; null when nobody holds them any more.</summary>
    public PatchFeatures? TryShare() => _maps.TryAcquire() ? new PatchFeatures(Network, Patch, _maps) : null;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _maps.Release();
        }
    }

    /// <exception cref="ObjectDisposedException">This holder has given the features up.</exception>
    internal void Acquire() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0 || !_maps.TryAcquire(), this);

    internal void Release() => _maps.Release();

    /// <summary>The memory, with one lease for each holder and each step under way.</summary>
    private sealed class LeasedMaps(TensorBuffer[] buffers)
    {
        private int _leases = 1;

        public TensorBuffer[] Buffers { get; } = buffers;

        public bool TryAcquire()
        {
            for (var leases = Volatile.Read(ref _leases); leases > 0;)
            {
                var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
                if (seen == leases)
                {
                    return true;
                }

                leases = seen;
            }

            return false;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _leases) == 0)
            {
                Array.ForEach(Buffers, buffer => buffer.Dispose());
            }
        }
    }
}
