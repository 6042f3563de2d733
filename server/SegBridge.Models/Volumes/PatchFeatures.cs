using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// What a 3D network computes of a patch once, for all steps on it. Dispose of it when the patch is left; a step under
/// way ends undisturbed.
/// </summary>
public sealed class PatchFeatures : IDisposable
{
    private readonly TensorBuffer[] _buffers;
    private int _leases = 1;
    private int _disposed;

    internal PatchFeatures(VolumeNetwork network, VolumePatch patch, IReadOnlyList<TensorBuffer> maps)
    {
        Network = network;
        Patch = patch;
        _buffers = [.. maps];
    }

    /// <summary>Bytes of memory held, the patch itself among them.</summary>
    public long SizeBytes => _buffers.Sum(buffer => buffer.SizeBytes) + ((long)Patch.Voxels.Length * sizeof(float));

    /// <summary>Milliseconds spent waiting for the device.</summary>
    public double QueueMs { get; internal set; }

    /// <summary>Milliseconds on the device.</summary>
    public double ModelMs { get; internal set; }

    internal VolumeNetwork Network { get; }

    internal VolumePatch Patch { get; }

    /// <summary>In the network's own order.</summary>
    internal IReadOnlyList<TensorBuffer> Maps => _buffers;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <exception cref="ObjectDisposedException">Nobody holds the features any more.</exception>
    internal void Acquire()
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

        throw new ObjectDisposedException(nameof(PatchFeatures));
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            foreach (var buffer in _buffers)
            {
                buffer.Dispose();
            }
        }
    }
}
