using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Steps;

/// <summary>One slice of a propagation.</summary>
/// <param name="Plane">The slice.</param>
/// <param name="Before">The slice whose mask steers it.</param>
/// <param name="Examples">Finished slices that it is predicted from, the nearest first; none for a model without context.</param>
/// <param name="Run">The propagation that it is part of.</param>
/// <param name="IsCleared">The slice is emptied: what an earlier run put there follows from masks that are no more.</param>
internal sealed record SliceFill(SlicePlane Plane, SlicePlane Before, IReadOnlyList<SlicePlane> Examples, string Run, bool IsCleared = false);
