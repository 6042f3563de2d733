using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Steps;

/// <summary>A run of a 2D model through the slices between and around those that the user finished.</summary>
public sealed record PropagationRequest
{
    /// <summary>An existing segment.</summary>
    public required string SegmentId { get; init; }

    /// <summary>Null: the session's model.</summary>
    public string? ModelId { get; init; }

    /// <summary>The task whose examples are context besides the finished slices, for models that take it; null: none.</summary>
    public string? TaskId { get; init; }

    /// <summary>
    /// Chosen by the client, unique; sent again, it brings the results of what is done of it again, and then does the rest.
    /// </summary>
    public string? RequestId { get; init; }

    /// <summary>Slices to start from, all across one axis; empty: the accepted ones, or else all that the user worked on.</summary>
    public IReadOnlyList<SlicePlane> From { get; init; } = [];

    /// <summary>First slice to fill, on the axis of <see cref="From"/>.</summary>
    public required int First { get; init; }

    /// <summary>Last slice to fill.</summary>
    public required int Last { get; init; }

    /// <summary>A direction ends where the predicted Dice falls below this, 0..1; 0 never does.</summary>
    public float StopBelow { get; init; }
}
