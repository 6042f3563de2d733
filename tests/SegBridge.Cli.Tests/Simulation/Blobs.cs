using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Tests.Simulation;

/// <summary>Random regions: a few overlapping ellipses, never empty.</summary>
internal static class Blobs
{
    public static SliceMap Make(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        var map = new SliceMap(rows, columns);
        var count = random.Next(1, 4);
        for (var n = 0; n < count; n++)
        {
            var (row, column) = (random.Next(rows), random.Next(columns));
            var (a, b) = (1 + random.Next(Math.Max(1, rows / 4)), 1 + random.Next(Math.Max(1, columns / 4)));
            for (var r = 0; r < rows; r++)
            {
                for (var c = 0; c < columns; c++)
                {
                    var (u, v) = ((r - row) / (double)a, (c - column) / (double)b);
                    map[r, c] |= (u * u) + (v * v) <= 1;
                }
            }
        }

        return map;
    }
}
