using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Segments;

/// <summary>One finished step: what it changed, and what was known before and after. A null slice: a 3D step.</summary>
internal sealed record HistoryStep(
    string? RequestId,
    IReadOnlyList<MaskChange> Changes,
    SegmentState Before,
    SegmentState After,
    SlicePlane? Slice,
    string ModelId,
    float Confidence,
    UncertainVoxel? Next,
    StepTiming Timing)
{
    /// <summary>The propagation that the step is part of. All parts that follow each other are one step of the history.</summary>
    public object? Run { get; init; }

    /// <summary>The box of all changed voxels.</summary>
    public VoxelBox Box => Changes.Aggregate(VoxelBox.Empty, (box, change) => box.Union(change.Box));

    public long BytesHeld => Changes.Sum(change => change.BytesHeld) + After.BytesHeldSince(Before);

    /// <summary>This step and the one after it as one.</summary>
    public HistoryStep Joined(HistoryStep next) => next with { Changes = [.. Changes, .. next.Changes], Before = Before };
}
