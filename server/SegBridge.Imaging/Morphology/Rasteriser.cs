namespace SegBridge.Imaging.Morphology;

/// <summary>
/// Draws shapes into a 2D map (row-major, one byte a pixel). A pixel is set when its centre is in the shape; what
/// leaves the map is cut off, and the work is bounded by the map however large the shape.
/// </summary>
public static class Rasteriser
{
    /// <summary>Sets the pixels within <paramref name="radius"/> pixels of the centre, the rim included.</summary>
    /// <exception cref="MorphologyException">The map, the centre or the radius cannot be.</exception>
    public static void Disc(Span<byte> map, int rows, int columns, PixelPoint centre, double radius, byte value = 1) =>
        Capsule(map, rows, columns, centre, centre, radius, value);

    /// <summary>
    /// Sets the pixels within <paramref name="thickness"/> / 2 of the straight line, round ends included. Up to one
    /// pixel thick it is the thin line: one pixel for each row or column, whichever the line crosses more of.
    /// </summary>
    /// <exception cref="MorphologyException">The map, a point or the thickness cannot be.</exception>
    public static void Line(Span<byte> map, int rows, int columns, PixelPoint from, PixelPoint to, double thickness = 1, byte value = 1)
    {
        if (thickness <= 1)
        {
            RequireRadius(thickness);
            Thin(map, rows, columns, from, to, value);
        }
        else
        {
            Capsule(map, rows, columns, from, to, thickness / 2, value);
        }
    }

    /// <summary>
    /// Sets the pixels within <paramref name="radius"/> pixels of an open chain of straight lines, as a brush drawn
    /// along it does; thin lines for a radius up to ½. One point is a disc.
    /// </summary>
    /// <exception cref="MorphologyException">The map, a point or the radius cannot be, or there is no point.</exception>
    public static void Polyline(Span<byte> map, int rows, int columns, ReadOnlySpan<PixelPoint> points, double radius, byte value = 1)
    {
        if (points.IsEmpty)
        {
            throw new MorphologyException("a polyline must have at least one point, got none");
        }

        Line(map, rows, columns, points[0], points[0], 2 * radius, value);
        for (var n = 1; n < points.Length; n++)
        {
            Line(map, rows, columns, points[n - 1], points[n], 2 * radius, value);
        }
    }

    /// <summary>
    /// Fills a closed polygon by the even–odd rule. A centre on the polygon's edge belongs to it on the low side of
    /// row and column, so that polygons that share an edge neither overlap nor leave a gap.
    /// </summary>
    /// <exception cref="MorphologyException">The map or a point cannot be, or there are fewer than three points.</exception>
    public static void Polygon(Span<byte> map, int rows, int columns, ReadOnlySpan<PixelPoint> points, byte value = 1)
    {
        PixelMap.Require(map.Length, rows, columns);
        if (points.Length < 3)
        {
            throw new MorphologyException($"a polygon must have at least three points, got {points.Length}");
        }

        var crossings = new List<double>?[rows];
        var from = points[^1];
        RequirePoint(from);
        foreach (var to in points)
        {
            RequirePoint(to);
            AddCrossings(crossings, from, to);
            from = to;
        }

        for (var row = 0; row < rows; row++)
        {
            if (crossings[row] is { } along)
            {
                along.Sort();
                for (var n = 0; n + 1 < along.Count; n += 2)
                {
                    var first = (int)Math.Clamp(Math.Ceiling(along[n]), 0, columns);
                    var end = (int)Math.Clamp(Math.Ceiling(along[n + 1]), first, columns);
                    map.Slice((row * columns) + first, end - first).Fill(value);
                }
            }
        }
    }

    private static void AddCrossings(List<double>?[] crossings, PixelPoint from, PixelPoint to)
    {
        var (top, bottom) = from.Row <= to.Row ? (from, to) : (to, from);
        var first = (int)Math.Clamp(Math.Ceiling(top.Row), 0, crossings.Length);
        var end = (int)Math.Clamp(Math.Ceiling(bottom.Row), first, crossings.Length);
        for (var row = first; row < end; row++)
        {
            var part = (row - top.Row) / (bottom.Row - top.Row);
            (crossings[row] ??= []).Add(top.Column + (part * (bottom.Column - top.Column)));
        }
    }

    // A line with round ends; the distance of a pixel's centre to the segment decides.
    private static void Capsule(Span<byte> map, int rows, int columns, PixelPoint from, PixelPoint to, double radius, byte value)
    {
        PixelMap.Require(map.Length, rows, columns);
        RequirePoint(from);
        RequirePoint(to);
        RequireRadius(radius);
        var (lowRow, endRow) = Range(Math.Min(from.Row, to.Row) - radius, Math.Max(from.Row, to.Row) + radius, rows);
        var (lowColumn, endColumn) = Range(Math.Min(from.Column, to.Column) - radius, Math.Max(from.Column, to.Column) + radius, columns);
        var (down, across) = (to.Row - from.Row, to.Column - from.Column);
        var squaredLength = (down * down) + (across * across);
        for (var row = lowRow; row < endRow; row++)
        {
            for (var column = lowColumn; column < endColumn; column++)
            {
                var (r, c) = (row - from.Row, column - from.Column);
                var along = squaredLength > 0 ? Math.Clamp(((r * down) + (c * across)) / squaredLength, 0, 1) : 0;
                var (dr, dc) = (r - (along * down), c - (along * across));
                if ((dr * dr) + (dc * dc) <= radius * radius)
                {
                    map[(row * columns) + column] = value;
                }
            }
        }
    }

    private static void Thin(Span<byte> map, int rows, int columns, PixelPoint from, PixelPoint to, byte value)
    {
        PixelMap.Require(map.Length, rows, columns);
        RequirePoint(from);
        RequirePoint(to);
        var byRow = Math.Abs(to.Row - from.Row) > Math.Abs(to.Column - from.Column);
        var (a, b) = byRow ? (from.Row, to.Row) : (from.Column, to.Column);
        var (c, d) = byRow ? (from.Column, to.Column) : (from.Row, to.Row);
        if (a > b)
        {
            (a, b, c, d) = (b, a, d, c);
        }

        // Both ends set their own pixel, hence rounding to centres before stepping between them.
        var (first, last) = (Math.Floor(a + 0.5), Math.Floor(b + 0.5));
        var (low, high) = (Math.Max(first, 0), Math.Min(last, (byRow ? rows : columns) - 1));
        for (var step = low; step <= high; step++)
        {
            var part = b > a ? Math.Clamp((step - a) / (b - a), 0, 1) : 0;
            var other = Math.Floor(c + (part * (d - c)) + 0.5);
            var (row, column) = byRow ? (step, other) : (other, step);
            if (row >= 0 && row < rows && column >= 0 && column < columns)
            {
                map[((int)row * columns) + (int)column] = value;
            }
        }
    }

    private static (int Low, int End) Range(double low, double high, int length)
    {
        var first = (int)Math.Clamp(Math.Ceiling(low), 0, length);
        return (first, (int)Math.Clamp(Math.Floor(high) + 1, first, length));
    }

    private static void RequirePoint(PixelPoint point)
    {
        if (!point.IsFinite)
        {
            throw new MorphologyException($"a point must be finite, got {point}");
        }
    }

    private static void RequireRadius(double radius)
    {
        if (!(radius >= 0 && double.IsFinite(radius)))
        {
            throw new MorphologyException(FormattableString.Invariant($"a radius or thickness must be finite and ≥ 0 pixels, got {radius}"));
        }
    }
}
