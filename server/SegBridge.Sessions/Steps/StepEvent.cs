using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Inference;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>What happens during a step, in order; the last one is a <see cref="StepResult"/>.</summary>
public abstract record StepEvent;

/// <summary>Others are ahead on the device.</summary>
public sealed record QueuedEvent(int Ahead) : StepEvent;

/// <summary>The step waits for bricks, nearest the prompt first.</summary>
/// <param name="Required">Missing bricks without which the step cannot go on.</param>
/// <param name="Prefetch">Bricks that the next steps will probably need.</param>
public sealed record NeedsBricksEvent(IReadOnlyList<BrickIndex> Required, IReadOnlyList<BrickIndex> Prefetch) : StepEvent;

/// <summary>How far the step is, 0..1.</summary>
public sealed record ProgressEvent(float Fraction, string Stage) : StepEvent;

/// <summary>Propagation does not go on beyond this slice, which it did not fill.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Confidence">Predicted Dice of what would have been its mask; 0 when the object does not reach it.</param>
public sealed record StoppedEvent(SlicePlane Slice, float Confidence) : StepEvent;

/// <summary>The masks proposed, as the model made them: before refinement, and before the user's prompts are made to hold.</summary>
/// <param name="Candidates">Best first by confidence.</param>
/// <param name="Chosen">The index of the one that was taken.</param>
/// <param name="Disagreement">The voxels that some candidates hold and others do not, in their own bounding box.</param>
public sealed record CandidatesEvent(IReadOnlyList<CandidateInfo> Candidates, int Chosen, BitBlock Disagreement) : StepEvent;

/// <summary>One proposal.</summary>
/// <param name="Index">0-based, in the model's own order: what a choice names.</param>
/// <param name="Confidence">Predicted Dice, 0..1.</param>
/// <param name="Mask">In its own bounding box.</param>
/// <param name="VolumeMl">Millilitres.</param>
public sealed record CandidateInfo(int Index, float Confidence, BitBlock Mask, double VolumeMl);

/// <summary>Milliseconds spent.</summary>
/// <param name="QueueMs">Waiting for the session's turn and the device.</param>
/// <param name="BricksMs">Waiting for bricks.</param>
/// <param name="ModelMs">Inside the inference runtime.</param>
/// <param name="TotalMs">From request to result without BricksMs.</param>
public sealed record StepTiming(double QueueMs, double BricksMs, double ModelMs, double TotalMs)
{
    /// <summary>Where TotalMs and BricksMs went.</summary>
    public IReadOnlyList<Lap> Parts { get; init; } = [];
}

/// <summary>The voxel where a further prompt would help most.</summary>
/// <param name="Voxel">Its index.</param>
/// <param name="Uncertainty">0 (sure) .. 1 (a coin toss).</param>
public readonly record struct UncertainVoxel(Ijk Voxel, float Uncertainty);

/// <summary>The segment after a step.</summary>
public sealed record StepResult : StepEvent
{
    public required string SegmentId { get; init; }

    /// <summary>Position in the segment's history, 1 after the first step.</summary>
    public required int Step { get; init; }

    /// <summary>What the mask is now, inside the smallest box of changed voxels.</summary>
    public required BitBlock Changed { get; init; }

    /// <summary>Predicted Dice, 0..1; of the slice for 2D models. 1 for a step that only sets the user's own mask.</summary>
    public required float Confidence { get; init; }

    public required SegmentInfo Segment { get; init; }

    public UncertainVoxel? Next { get; init; }

    public required StepTiming Timing { get; init; }

    /// <summary>The slice of the volume's grid that a 2D model predicted on; null on an oblique one and for a 3D model.</summary>
    public SlicePlane? Slice { get; init; }

    public required string ModelId { get; init; }
}
