namespace SegBridge.Imaging.Formats;

/// <summary>Undoes PNG's five row filters.</summary>
internal static class PngFilters
{
    /// <param name="filter">0 to 4: none, left, above, mean of both, Paeth.</param>
    /// <param name="row">The filtered row, replaced by the plain one.</param>
    /// <param name="above">The plain row above; zeros for the first.</param>
    /// <param name="distance">Bytes to the pixel to the left.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        above = above[..row.Length];
        for (var n = 0; filter != 0 && n < row.Length; n++)
        {
            int left = n < distance ? 0 : row[n - distance];
            int aboveLeft = n < distance ? 0 : above[n - distance];
            row[n] += filter switch
            {
                1 => (byte)left,
                2 => above[n],
                3 => (byte)((left + above[n]) / 2),
                4 => Paeth(left, above[n], aboveLeft),
                _ => throw new VolumeFormatException($"a row of the PNG must have a filter of 0 to 4, got {filter}"),
            };
        }
    }

    /// <summary>Whichever neighbour is nearest to left + above − aboveLeft, in that order.</summary>
    private static byte Paeth(int left, int above, int aboveLeft)
    {
        var toLeft = Math.Abs(above - aboveLeft);
        var toAbove = Math.Abs(left - aboveLeft);
        var toAboveLeft = Math.Abs(left + above - (2 * aboveLeft));
        return (byte)(toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft);
    }
}
