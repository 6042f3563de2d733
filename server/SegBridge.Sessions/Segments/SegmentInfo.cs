using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Segments;

/// <summary>A segment as it is now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Color">0xRRGGBB.</param>
/// <param name="Terminology">Coded terminology.</param>
/// <param name="Step">Position in its history, 0 before the first step.</param>
/// <param name="UndoSteps">Steps that can be undone.</param>
/// <param name="RedoSteps">Steps that can be redone.</param>
/// <param name="VoxelCount">Voxels of its mask.</param>
/// <param name="VolumeMl">Their volume, ml.</param>
/// <param name="BoundingBox">Their box, empty when there are none.</param>
/// <param name="AllowOverlap">May it overlap others?</param>
/// <param name="Locked">Is it locked?</param>
public sealed record SegmentInfo(
    string Id,
    string Name,
    uint Color,
    string Terminology,
    int Step,
    int UndoSteps,
    int RedoSteps,
    long VoxelCount,
    double VolumeMl,
    VoxelBox BoundingBox,
    bool AllowOverlap,
    bool Locked)
{
    /// <summary>Slices that the user accepted, by axis and index.</summary>
    public IReadOnlyList<SlicePlane> Accepted { get; init; } = [];
}
