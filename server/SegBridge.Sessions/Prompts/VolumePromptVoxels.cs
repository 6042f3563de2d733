using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Prompts;

/// <summary>Prompts as positions on the volume, in voxel indices (IJK).</summary>
internal sealed class VolumePromptVoxels
{
    /// <summary>Clicks in the order given.</summary>
    public List<(VoxelPoint At, Polarity Polarity)> Points { get; } = [];

    /// <summary>Boxes in the order given; the last one counts.</summary>
    public List<VoxelBox> Boxes { get; } = [];

    /// <summary>Voxels of positive strokes; a voxel may be named twice.</summary>
    public List<Ijk> Positive { get; } = [];

    /// <summary>Voxels of negative strokes; a voxel may be named twice.</summary>
    public List<Ijk> Negative { get; } = [];

    public List<Ijk> StrokesOf(Polarity polarity) => polarity == Polarity.Positive ? Positive : Negative;

    /// <summary>The smallest box of all that was drawn; empty when nothing was.</summary>
    public VoxelBox Extent => Points.Select(point => point.At.Nearest())
        .Concat(Positive)
        .Concat(Negative)
        .Select(VoxelBox.Of)
        .Concat(Boxes)
        .Aggregate(VoxelBox.Empty, (all, one) => all.Union(one));
}
