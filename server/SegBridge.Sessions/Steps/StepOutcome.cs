using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step came to.</summary>
internal sealed record StepOutcome
{
    /// <summary>New content of the segment, put in one after the other.</summary>
    public required IReadOnlyList<BitBlock> Contents { get; init; }

    /// <summary>What later steps build on, given what was there before this one.</summary>
    public required Func<SegmentState, SegmentState> After { get; init; }

    public required string ModelId { get; init; }

    /// <summary>Predicted Dice, 0..1; 1 for a step that only sets the user's own mask.</summary>
    public float Confidence { get; init; } = 1;

    public UncertainVoxel? Next { get; init; }

    /// <summary>The examples that served as context, in their order.</summary>
    public IReadOnlyList<string> ExampleIds { get; init; } = [];

    /// <summary>Shown to the user when asked for.</summary>
    public CandidatesEvent? Candidates { get; init; }

    /// <summary>What the model proposed, so that another candidate can be chosen; null when no model was asked.</summary>
    public Proposals? Proposals { get; init; }

    /// <summary>Millimetres of a cell of the model's grid: how far a prompt that the model missed reaches.</summary>
    public double CellMm { get; init; }

    /// <summary>The slice, when the step has several.</summary>
    public SlicePlane? Slice { get; init; }

    /// <summary>See <see cref="HistoryStep.Run"/>.</summary>
    public string? Run { get; init; }

    public required StepTiming Timing { get; init; }
}
