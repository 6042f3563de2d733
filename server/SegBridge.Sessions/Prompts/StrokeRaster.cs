using SegBridge.Imaging.Morphology;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Draws a brush stroke whose radius is in millimetres: a pixel is covered when its centre is at most the radius
/// away from the path, measured in millimetres, so that pixels need not be square. The path's own pixels always
/// are covered.
/// </summary>
internal static class StrokeRaster
{
    public static void Draw(
        byte[] map, int rows, int columns, ReadOnlySpan<PixelPoint> path, double radiusMm, (double Row, double Column) spacing)
    {
        Rasteriser.Polyline(map, rows, columns, path, radius: 0);
        if (radiusMm <= 0)
        {
            return;
        }

        for (var n = 0; n < path.Length; n++)
        {
            Segment(map, rows, columns, path[Math.Max(0, n - 1)], path[n], radiusMm, spacing);
        }
    }

    private static void Segment(
        byte[] map, int rows, int columns, PixelPoint from, PixelPoint to, double radius, (double Row, double Column) spacing)
    {
        var (rowReach, columnReach) = (radius / spacing.Row, radius / spacing.Column);
        var row0 = Math.Max(0, (int)Math.Ceiling(Math.Min(from.Row, to.Row) - rowReach));
        var row1 = Math.Min(rows - 1, (int)Math.Floor(Math.Max(from.Row, to.Row) + rowReach));
        var column0 = Math.Max(0, (int)Math.Ceiling(Math.Min(from.Column, to.Column) - columnReach));
        var column1 = Math.Min(columns - 1, (int)Math.Floor(Math.Max(from.Column, to.Column) + columnReach));

        var (dy, dx) = ((to.Row - from.Row) * spacing.Row, (to.Column - from.Column) * spacing.Column);
        var length2 = (dy * dy) + (dx * dx);
        for (var row = row0; row <= row1; row++)
        {
            for (var column = column0; column <= column1; column++)
            {
                var (y, x) = ((row - from.Row) * spacing.Row, (column - from.Column) * spacing.Column);
                var along = length2 == 0 ? 0 : Math.Clamp(((y * dy) + (x * dx)) / length2, 0, 1);
                var (offY, offX) = (y - (along * dy), x - (along * dx));
                if ((offY * offY) + (offX * offX) <= radius * radius)
                {
                    map[(row * columns) + column] = 1;
                }
            }
        }
    }
}
