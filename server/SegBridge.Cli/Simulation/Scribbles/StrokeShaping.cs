namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>What makes a computed line look drawn by hand: gaps, wobble and a limited length.</summary>
internal static class StrokeShaping
{
    private const double CapSigma = 42;

    /// <summary>Smooth patches that cover about half of the map; a broken line survives within them.</summary>
    public static SliceMap BreakUp(int rows, int columns, StrokeUnit unit, Random random)
    {
        var field = SmoothNoise.Make(rows, columns, Sigma(unit, random), 1, random);
        return new SliceMap(rows, columns, Array.ConvertAll(field, v => v > 0 ? (byte)1 : (byte)0));
    }

    /// <summary>
    /// A line drawn by hand in a region: displaced smoothly by 1 to 6 units standard deviation and cut to the region; where
    /// nothing is left there, the line as it was, cut.
    /// </summary>
    /// <param name="line">What was meant.</param>
    /// <param name="region">Where it may be.</param>
    /// <param name="unit">Pixels in a unit of wobble.</param>
    /// <param name="random">All chance.</param>
    /// <param name="least">What lies below this does not count as left.</param>
    public static SoftMap Finish(SoftMap line, SliceMap region, StrokeUnit unit, Random random, float least = 0)
    {
        var sigma = Sigma(unit, random);
        var amplitude = 1 + (5 * random.NextDouble());
        var down = SmoothNoise.Make(line.Rows, line.Columns, sigma, amplitude * unit.Down, random);
        var across = SmoothNoise.Make(line.Rows, line.Columns, sigma, amplitude * unit.Across, random);
        var drawn = Displace(line, down, across).Within(region);
        return drawn.Above(least).IsEmpty ? line.Within(region) : drawn;
    }

    /// <summary>
    /// Each pixel takes what lies so far down and across from it, nothing beyond the border; then the values are spread
    /// over 0 to 1. The line itself when nothing of it is left on the map.
    /// </summary>
    public static SoftMap Displace(SoftMap line, float[] down, float[] across)
    {
        var warped = new float[line.Values.Length];
        for (var at = 0; at < warped.Length; at++)
        {
            var (row, column) = Math.DivRem(at, line.Columns);
            warped[at] = Sample(line, row + down[at], column + across[at]);
        }

        var (lowest, highest) = (warped.Min(), warped.Max());
        return highest <= 0 ? line
            : line with { Values = Array.ConvertAll(warped, v => highest > lowest ? (v - lowest) / (highest - lowest) : 1) };
    }

    /// <summary>Keeps at most so many pixels, a smooth part of them.</summary>
    public static SoftMap Cap(SoftMap stroke, int maxPixels, Random random) =>
        stroke.Above(0).Count <= maxPixels
            ? stroke
            : Strongest(stroke, SmoothNoise.Make(stroke.Rows, stroke.Columns, (CapSigma, CapSigma), 1, random), maxPixels);

    /// <summary>Keeps the pixels where a field, shifted to start at 0, times the stroke is highest; their values do not change.</summary>
    public static SoftMap Strongest(SoftMap stroke, float[] field, int pixels)
    {
        var lowest = field.Min();
        var kept = new float[field.Length];
        var drawn = Enumerable.Range(0, field.Length).Where(at => stroke.Values[at] > 0);
        foreach (var at in drawn.OrderByDescending(at => (field[at] - lowest) * stroke.Values[at]).Take(pixels))
        {
            kept[at] = stroke.Values[at];
        }

        return stroke with { Values = kept };
    }

    private static (double Down, double Across) Sigma(StrokeUnit unit, Random random)
    {
        var sigma = 4 + (12 * random.NextDouble());
        return (sigma * unit.Down, sigma * unit.Across);
    }

    // Bilinear, zeros beyond the border.
    private static float Sample(SoftMap line, float row, float column)
    {
        var (top, left) = ((int)MathF.Floor(row), (int)MathF.Floor(column));
        var (down, right) = (row - top, column - left);
        return ((1 - down) * (((1 - right) * At(line, top, left)) + (right * At(line, top, left + 1))))
            + (down * (((1 - right) * At(line, top + 1, left)) + (right * At(line, top + 1, left + 1))));
    }

    private static float At(SoftMap line, int row, int column) =>
        (uint)row < (uint)line.Rows && (uint)column < (uint)line.Columns ? line.Values[(row * line.Columns) + column] : 0;
}
