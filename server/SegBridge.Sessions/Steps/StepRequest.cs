using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>One step: the new prompts of a segment.</summary>
public sealed record StepRequest
{
    /// <summary>1..64 characters of A-Z a-z 0-9 . _ -; created when new.</summary>
    public required string SegmentId { get; init; }

    /// <summary>Null: the session's model.</summary>
    public string? ModelId { get; init; }

    /// <summary>The new prompts only; earlier ones are remembered.</summary>
    public IReadOnlyList<Prompt> Prompts { get; init; } = [];

    /// <summary>The slice a 2D model works on; null: the slice across K of the last prompt.</summary>
    public SlicePlane? Slice { get; init; }

    /// <summary>The oblique slice a 2D model works on; not together with <see cref="Slice"/>.</summary>
    public ObliquePlane? Oblique { get; init; }

    /// <summary>The task whose examples serve as context, for models that take it; null: none.</summary>
    public string? TaskId { get; init; }

    /// <summary>
    /// The examples of the task to use, in this order: those of a step that is done again. Null: the step picks them.
    /// </summary>
    public IReadOnlyList<string>? ExampleIds { get; init; }

    /// <summary>Chosen by the client, unique per step; sent again, it brings the step's result again.</summary>
    public string? RequestId { get; init; }

    /// <summary>Requests of this segment that the client cancelled: their prompts do not count, wherever they are.</summary>
    public IReadOnlyList<string> WithdrawnRequestIds { get; init; } = [];

    /// <summary>Overrides the volume's display window for this step.</summary>
    public IntensityWindow? Window { get; init; }

    /// <summary>Send the masks of all candidates.</summary>
    public bool ReturnCandidates { get; init; }
}
