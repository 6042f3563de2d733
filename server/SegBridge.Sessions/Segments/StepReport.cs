using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Segments;

/// <summary>What the user is told of a finished step besides the mask, so that it can be told again.</summary>
/// <param name="Box">The smallest box of the voxels that it changed.</param>
/// <param name="Section">The slice predicted on; null: the volume.</param>
/// <param name="ModelId">Which model.</param>
/// <param name="Confidence">Predicted Dice, 0..1.</param>
/// <param name="Next">Where a further prompt would help most.</param>
/// <param name="Timing">How long it took.</param>
internal sealed record StepReport(
    VoxelBox Box, Section? Section, string ModelId, float Confidence, UncertainVoxel? Next, StepTiming Timing)
{
    /// <param name="segment">As it is now, its mask included. Hold the session's lock.</param>
    /// <param name="position">Of the step in its history.</param>
    public StepResult ToResult(Segment segment, int position) => new()
    {
        SegmentId = segment.Settings.Id,
        Step = position,
        Changed = segment.Mask.Read(Box),
        Confidence = Confidence,
        Segment = segment.Info,
        Next = Next,
        Timing = Timing,
        Slice = Section?.Slice,
        ModelId = ModelId,
    };
}
