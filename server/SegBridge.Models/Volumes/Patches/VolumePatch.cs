namespace SegBridge.Models.Volumes.Patches;

/// <summary>A cube of a volume as a 3D network sees it: resampled to its spacing, and normalised.</summary>
/// <param name="Size">Voxels along each axis: the model's grid.</param>
/// <param name="Voxels">Size³ values after <see cref="PatchNormalisation"/>, in the order (R, A, S), S fastest. Must not change afterwards.</param>
public sealed record VolumePatch(int Size, ReadOnlyMemory<float> Voxels)
{
    /// <summary>The part that shows the volume, beyond which nobody can be asked to prompt; null: all of it.</summary>
    public PatchBox? Inside { get; init; }
}
