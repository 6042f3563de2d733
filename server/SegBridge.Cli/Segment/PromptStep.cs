using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Segment;

/// <summary>One step of a prompts file: what is drawn at once, in voxels of the volume.</summary>
/// <param name="Segment">The object it belongs to.</param>
/// <param name="Slice">Where a 2D model works; null lets the server take the slice of the last prompt.</param>
/// <param name="Points">Clicks.</param>
/// <param name="Boxes">Half-open boxes.</param>
/// <param name="Scribbles">Centre lines with a brush.</param>
/// <param name="Lassos">Closed outlines whose inside counts.</param>
internal sealed record PromptStep(
    string Segment,
    SlicePlane? Slice,
    IReadOnlyList<PointMark> Points,
    IReadOnlyList<VoxelBox> Boxes,
    IReadOnlyList<ScribbleMark> Scribbles,
    IReadOnlyList<LassoMark> Lassos)
{
    public int Count => Points.Count + Boxes.Count + Scribbles.Count + Lassos.Count;
}

/// <summary>A click.</summary>
internal sealed record PointMark(VoxelPoint At, bool Positive);

/// <summary>A freehand stroke; radius 0 is one voxel wide.</summary>
internal sealed record ScribbleMark(IReadOnlyList<VoxelPoint> Path, double RadiusMm, bool Positive);

/// <summary>A closed outline of at least three points.</summary>
internal sealed record LassoMark(IReadOnlyList<VoxelPoint> Outline, bool Positive);
