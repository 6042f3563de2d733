using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Prompts;

/// <summary>Prompts as positions on the volume, in voxel indices (IJK).</summary>
internal sealed class VolumePromptVoxels
{
    private readonly List<(VoxelPoint At, Polarity Polarity)> _points = [];
    private readonly List<(Ijk Voxel, Polarity Polarity)> _strokes = [];
    private readonly List<PromptMark> _marks = [];

    /// <summary>Clicks in the order given.</summary>
    public IReadOnlyList<(VoxelPoint At, Polarity Polarity)> Points => _points;

    /// <summary>Voxels of strokes in the order given; one may be named twice.</summary>
    public IReadOnlyList<(Ijk Voxel, Polarity Polarity)> Strokes => _strokes;

    /// <summary>The voxels of clicks and strokes in the order given: where two disagree, the later one counts.</summary>
    public IReadOnlyList<PromptMark> Marks => _marks;

    /// <summary>The last box given; empty when there is none.</summary>
    public VoxelBox Box { get; set; } = VoxelBox.Empty;

    /// <summary>The smallest box of all clicks and strokes; empty when there are none.</summary>
    public VoxelBox Extent => ExtentOf(_marks);

    /// <summary>The smallest box of the positive ones.</summary>
    public VoxelBox Inside => ExtentOf(_marks.Where(mark => mark.IsInside));

    /// <summary>Whether nothing was drawn at all.</summary>
    public bool IsEmpty => _marks.Count == 0 && Box.IsEmpty;

    /// <param name="at">Where the click is.</param>
    /// <param name="voxel">The voxel that it means.</param>
    /// <param name="polarity">Does it belong to the object?</param>
    public void AddPoint(VoxelPoint at, Ijk voxel, Polarity polarity)
    {
        _points.Add((at, polarity));
        _marks.Add(new PromptMark(voxel, polarity, IsArea: false));
    }

    public void AddStroke(IEnumerable<Ijk> voxels, Polarity polarity, bool isArea = false)
    {
        var from = _strokes.Count;
        _strokes.AddRange(voxels.Select(voxel => (voxel, polarity)));
        _marks.AddRange(_strokes.Skip(from).Select(stroke => new PromptMark(stroke.Voxel, polarity, isArea)));
    }

    /// <summary>Takes the marks in a box back.</summary>
    public void Forget(VoxelBox box) => _marks.RemoveAll(mark => box.Contains(mark.Voxel));

    private static VoxelBox ExtentOf(IEnumerable<PromptMark> marks) =>
        marks.Aggregate(VoxelBox.Empty, (all, mark) => all.Union(VoxelBox.Of(mark.Voxel)));
}
