namespace SegBridge.Cli.Sheet;

/// <summary>
/// The square part of a slice that a tile shows, in millimetres along rows and columns: tile pixels are square whatever
/// the voxels are.
/// </summary>
internal readonly record struct PixelFrame(double CentreRow, double CentreColumn, double SideMm)
{
    private const double Margin = 2.4;
    private const double LeastShare = 0.3;

    /// <summary>The whole slice.</summary>
    public static PixelFrame Whole(SliceView view) => new(
        (view.Rows - 1) / 2.0, (view.Columns - 1) / 2.0, Math.Max(view.Rows * view.RowSpacing, view.Columns * view.ColumnSpacing));

    /// <summary>Around the object, with room for what lies beside it.</summary>
    public static PixelFrame Around(SliceView view)
    {
        var (top, left, bottom, right) = view.Truth.Bounds ?? (0, 0, view.Rows - 1, view.Columns - 1);
        var whole = Whole(view);
        var side = Margin * Math.Max((bottom - top + 1) * view.RowSpacing, (right - left + 1) * view.ColumnSpacing);
        return new PixelFrame((top + bottom) / 2.0, (left + right) / 2.0, Math.Clamp(side, LeastShare * whole.SideMm, whole.SideMm));
    }

    /// <summary>The continuous slice pixel under a tile pixel of a tile of this many pixels.</summary>
    public (double Row, double Column) At(SliceView view, int tile, int x, int y)
    {
        var (down, across) = ((((y + 0.5) / tile) - 0.5) * SideMm, (((x + 0.5) / tile) - 0.5) * SideMm);
        return (
            CentreRow + ((view.FlipRows ? -down : down) / view.RowSpacing),
            CentreColumn + ((view.FlipColumns ? -across : across) / view.ColumnSpacing));
    }
}
