namespace SegBridge.Models.Slices;

/// <summary>All prompts on one slice since the segment's start, in pixels of the slice.</summary>
public sealed class SlicePrompts
{
    /// <summary>In the order given: of two clicks on one pixel of the model's grid, the later one counts.</summary>
    public List<SlicePoint> Points { get; } = [];

    public List<SliceBox> Boxes { get; } = [];

    /// <summary>Row-major rows × columns, non-zero where the user drew; null when nothing was drawn.</summary>
    public byte[]? PositiveScribble { get; set; }

    /// <summary>Row-major rows × columns, non-zero where the user drew; null when nothing was drawn.</summary>
    public byte[]? NegativeScribble { get; set; }

    public bool IsEmpty => Points.Count == 0 && Boxes.Count == 0 && PositiveScribble is null && NegativeScribble is null;
}
