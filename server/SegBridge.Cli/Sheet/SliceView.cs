using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Sheet;

/// <summary>One slice as the contact sheet shows it.</summary>
/// <param name="Values">Real values, row-major.</param>
/// <param name="Truth">The object; gives the size of the slice.</param>
/// <param name="RowSpacing">Millimetres between rows.</param>
/// <param name="ColumnSpacing">Millimetres between columns.</param>
/// <param name="FlipRows">Whether rows run upwards on the screen.</param>
/// <param name="FlipColumns">Whether columns run to the left on the screen.</param>
internal sealed record SliceView(
    float[] Values, SliceMap Truth, double RowSpacing, double ColumnSpacing, bool FlipRows = false, bool FlipColumns = false)
{
    public int Rows => Truth.Rows;

    public int Columns => Truth.Columns;
}

/// <summary>What is drawn over a slice: the prompts so far and the mask after them.</summary>
/// <param name="Positive">Pixels marked as the object.</param>
/// <param name="Negative">Pixels marked as not the object.</param>
/// <param name="Mask">The answer; null before the first.</param>
internal sealed record SliceOverlay(SliceMap Positive, SliceMap Negative, SliceMap? Mask);
