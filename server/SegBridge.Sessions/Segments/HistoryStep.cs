using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Steps;
using SliceStates = System.Collections.Immutable.ImmutableDictionary<SegBridge.Imaging.Geometry.SlicePlane, SegBridge.Sessions.Segments.SliceState>;

namespace SegBridge.Sessions.Segments;

/// <summary>One finished step: what it changed, and what was known of the slices before and after.</summary>
internal sealed record HistoryStep(
    string? RequestId,
    IReadOnlyList<MaskChange> Changes,
    SliceStates Before,
    SliceStates After,
    SlicePlane Slice,
    string ModelId,
    float Confidence,
    UncertainVoxel? Next,
    StepTiming Timing)
{
    /// <summary>The box of all changed voxels.</summary>
    public VoxelBox Box => Changes.Aggregate(VoxelBox.Empty, (box, change) => box.Union(change.Box));

    public long BytesHeld => Changes.Sum(change => change.BytesHeld)
        + (After.GetValueOrDefault(Slice)?.BytesHeld ?? 0);
}
