namespace SegBridge.Cli.Simulation;

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
    /// Displaces a line smoothly by 1 to 6 units standard deviation. Returned are weights from 0 to 1, the largest 1;
    /// the line itself when nothing of it is left on the map.
    /// </summary>
    public static float[] Warp(SliceMap line, StrokeUnit unit, Random random)
    {
        var sigma = Sigma(unit, random);
        var amplitude = 1 + (5 * random.NextDouble());
        var down = SmoothNoise.Make(line.Rows, line.Columns, sigma, amplitude * unit.Down, random);
        var across = SmoothNoise.Make(line.Rows, line.Columns, sigma, amplitude * unit.Across, random);
        var warped = new float[line.Pixels.Length];
        for (var row = 0; row < line.Rows; row++)
        {
            for (var column = 0; column < line.Columns; column++)
            {
                var at = (row * line.Columns) + column;
                warped[at] = Sample(line, row + down[at], column + across[at]);
            }
        }

        var highest = warped.Max();
        return highest > 0 ? Array.ConvertAll(warped, v => v / highest) : Array.ConvertAll(line.Pixels, p => (float)p);
    }

    /// <summary>Keeps at most <paramref name="maxPixels"/> pixels, those where a smooth field is highest.</summary>
    public static SliceMap Cap(SliceMap stroke, int maxPixels, Random random)
    {
        if (stroke.Count <= maxPixels)
        {
            return stroke;
        }

        var field = SmoothNoise.Make(stroke.Rows, stroke.Columns, (CapSigma, CapSigma), 1, random);
        var kept = new SliceMap(stroke.Rows, stroke.Columns);
        var drawn = Enumerable.Range(0, field.Length).Where(at => stroke.Pixels[at] != 0);
        foreach (var at in drawn.OrderByDescending(at => field[at]).Take(maxPixels))
        {
            kept.Pixels[at] = 1;
        }

        return kept;
    }

    private static (double Down, double Across) Sigma(StrokeUnit unit, Random random)
    {
        var sigma = 4 + (12 * random.NextDouble());
        return (sigma * unit.Down, sigma * unit.Across);
    }

    // Bilinear, zeros beyond the border.
    private static float Sample(SliceMap line, float row, float column)
    {
        var (top, left) = ((int)MathF.Floor(row), (int)MathF.Floor(column));
        var (down, right) = (row - top, column - left);
        return ((1 - down) * (((1 - right) * At(line, top, left)) + (right * At(line, top, left + 1))))
            + (down * (((1 - right) * At(line, top + 1, left)) + (right * At(line, top + 1, left + 1))));
    }

    private static float At(SliceMap line, int row, int column) =>
        (uint)row < (uint)line.Rows && (uint)column < (uint)line.Columns && line[row, column] ? 1 : 0;
}
