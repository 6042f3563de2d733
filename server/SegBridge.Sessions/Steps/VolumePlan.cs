using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step of a 3D model is about to do.</summary>
/// <param name="Prompts">All prompts so far, those of the step included.</param>
/// <param name="All">The same, drawn.</param>
/// <param name="Own">Those of the step, drawn.</param>
/// <param name="Cover">Where it works; null: it only sets the user's own mask.</param>
/// <param name="SourceBoxes">The voxels that the patches are read from.</param>
internal sealed record VolumePlan(
    ImmutableList<Prompt> Prompts, VolumePromptVoxels All, VolumePromptVoxels Own, PatchCover? Cover, IReadOnlyList<VoxelBox> SourceBoxes)
{
    public IReadOnlyList<BrickIndex> Missing(BrickStore store) => [.. SourceBoxes.SelectMany(store.Missing).Distinct()];
}
