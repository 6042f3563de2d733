namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// The mask of an example on the model's grid, hard as the network was trained on: 1 in the cells that are at least half
/// inside. Of an object so small that no cell is, the cells with the largest share stand for it.
/// </summary>
internal static class ExampleMask
{
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
