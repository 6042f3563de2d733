using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// The prompts of one step on a patch. Models see the clicks and scribbles of the newest step only, what came before
/// reaches them through the previous logits and the <see cref="PromptMaps"/>; the box is given again at every step.
/// </summary>
public sealed class VolumePrompts
{
    /// <summary>On the patch, in the order given.</summary>
    public List<PatchPoint> Points { get; } = [];

    /// <summary>Voxels of positive scribbles; a voxel named twice counts once.</summary>
    public List<PatchVoxel> Positive { get; } = [];

    /// <summary>Voxels of negative scribbles; a voxel named twice counts once.</summary>
    public List<PatchVoxel> Negative { get; } = [];

    /// <summary>Around the object, cut to the patch.</summary>
    public PatchBox? Box { get; set; }

    public bool IsEmpty => Points.Count == 0 && Positive.Count == 0 && Negative.Count == 0 && Box is null;
}
