namespace SegBridge.Models.Slices;

/// <summary>The grid on which a slice network works.</summary>
internal readonly record struct SliceGrid(int Rows, int Columns)
{
    public int Count => Rows * Columns;
}
