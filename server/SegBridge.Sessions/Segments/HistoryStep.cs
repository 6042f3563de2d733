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
    /// <summary>The examples that served as context, in their order: with the same ones the step gives the same mask.</summary>
    public IReadOnlyList<string> ExampleIds { get; init; } = [];

    /// <summary>The box of all changed voxels.</summary>
    public VoxelBox Box => Changes.Aggregate(VoxelBox.Empty, (box, change) => box.Union(change.Box));

    public long BytesHeld => Changes.Sum(change => change.BytesHeld) + After.BytesHeldSince(Before);
}
