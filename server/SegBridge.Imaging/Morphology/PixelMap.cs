namespace SegBridge.Imaging.Morphology;

/// <summary>
/// The common form of 2D maps here: row-major, one byte a pixel, 0 is background and anything else foreground.
/// </summary>
internal static class PixelMap
{
    public static void Require(int length, int rows, int columns, string what = "a map")
    {
        if (rows < 1 || columns < 1 || length != (long)rows * columns)
        {
            throw new MorphologyException(
                $"{what} must have rows · columns elements and at least one, got {length} for {rows} rows and {columns} columns");
        }
    }
}
