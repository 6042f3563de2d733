using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Steps;

/// <summary>One slice of a propagation.</summary>
/// <param name="Plane">The slice.</param>
/// <param name="Before">The slice whose mask steers it.</param>
/// <param name="Examples">Finished slices that it is predicted from, the nearest first; none for a model without context.</param>
/// <param name="Run">The propagation that it is part of: its request's id, if it has one.</param>
/// <param name="IsCleared">The slice is emptied: what an earlier run put there follows from masks that are no more.</param>
internal sealed record SliceFill(SlicePlane Plane, SlicePlane Before, IReadOnlyList<SlicePlane> Examples, string Run, bool IsCleared = false)
{
    /// <summary>The task whose examples are context, too.</summary>
    public string? TaskId { get; init; }

    /// <summary>The examples of it, of a slice that is filled again; null: they are picked.</summary>
    public IReadOnlyList<string>? ExampleIds { get; init; }
}
