using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>A loaded network of a family that works on patches. Its methods run on the device's thread only.</summary>
internal abstract class VolumeNetwork(string device, int gridSize) : LeasedNetwork(device)
{
    /// <summary>Voxels of a patch along each axis.</summary>
    public int GridSize { get; } = gridSize;

    /// <summary>Bytes of the features of one patch, the patch itself among them.</summary>
    public abstract long FeatureBytes { get; }

    public abstract PatchFeatures Encode(VolumePatch patch, CancellationToken cancellation);

    /// <summary>Candidates in the network's own order.</summary>
    public abstract IReadOnlyList<VolumeCandidate> Decode(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits, CancellationToken cancellation);

    /// <summary>Refined logits and the error map, which is null of a network without refiner.</summary>
    public abstract (ReadOnlyMemory<float> Logits, ReadOnlyMemory<float>? ErrorMap) Refine(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative, CancellationToken cancellation);
}
