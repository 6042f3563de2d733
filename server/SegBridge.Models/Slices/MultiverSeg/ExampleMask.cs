namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// The mask of an example on the model's grid, hard as the network was trained on: 1 in the cells that are at least half
/// inside. Of an object so small that no cell is, the cells with the largest share stand for it.
/// </summary>
internal static class ExampleMask
{
    /// <summary>A finished slice with its mask, on the grid.</summary>
    public static SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask, FittedImages images, SliceGrid grid)
    {
        var cells = new float[grid.Count];
        Write(mask, new SliceFit(image.Rows, image.Columns, grid), cells);
        return new SliceExample(grid, images.Of(image), cells);
    }

    public static void Write(ReadOnlySpan<byte> mask, SliceFit fit, Span<float> cells)
    {
        CellCover.Share(mask, fit, cells);
        var most = 0f;
        foreach (var share in cells)
        {
            most = Math.Max(most, share);
        }

        var threshold = most > 0 ? Math.Min(most, 0.5f) : 0.5f;
        foreach (ref var cell in cells)
        {
            cell = cell >= threshold ? 1 : 0;
        }
    }
}
