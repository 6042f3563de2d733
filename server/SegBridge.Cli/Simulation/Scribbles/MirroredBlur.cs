namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>A Gaussian blur of a given reach; beyond the border the map goes on mirrored, the border itself not repeated.</summary>
internal static class MirroredBlur
{
    public static SoftMap Apply(SoftMap map, double sigma, int radius)
    {
        var taps = Enumerable.Range(-radius, (2 * radius) + 1).Select(n => Math.Exp(-0.5 * n * n / (sigma * sigma))).ToArray();
        var sum = taps.Sum();
        taps = Array.ConvertAll(taps, tap => tap / sum);
        var (rows, columns) = (map.Rows, map.Columns);
        var down = new float[map.Values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var n = -radius; n <= radius; n++)
            {
                var from = Mirror(row + n, rows) * columns;
                for (var column = 0; column < columns; column++)
                {
                    down[(row * columns) + column] += (float)(taps[n + radius] * map.Values[from + column]);
                }
            }
        }

        var result = new float[down.Length];
        for (var column = 0; column < columns; column++)
        {
            for (var n = -radius; n <= radius; n++)
            {
                var from = Mirror(column + n, columns);
                for (var row = 0; row < rows; row++)
                {
                    result[(row * columns) + column] += (float)(taps[n + radius] * down[(row * columns) + from]);
                }
            }
        }

        return map with { Values = result };
    }

    private static int Mirror(int at, int length)
    {
        if (length == 1)
        {
            return 0;
        }

        var period = 2 * (length - 1);
        at = ((at % period) + period) % period;
        return at < length ? at : period - at;
    }
}
