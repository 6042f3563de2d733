using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Metrics;

/// <summary>Exact Euclidean distances on a grid of unequal spacing: lower envelopes of parabolas, axis after axis.</summary>
internal static class DistanceMap
{
    /// <summary>Squared distance in mm² of each voxel (C-order k, j, i) to the nearest set one; at least one must be set.</summary>
    public static double[] SquaredTo(bool[] set, VolumeSize size, Spacing spacing)
    {
        var map = Array.ConvertAll(set, on => on ? 0 : double.PositiveInfinity);
        Pass(map, size.I, spacing.I, 1);
        Pass(map, size.J, spacing.J, size.I);
        Pass(map, size.K, spacing.K, size.I * size.J);
        return map;
    }

    // All lines of `length` values that lie `step` apart.
    private static void Pass(double[] map, int length, double spacing, int step)
    {
        var (line, vertex, start) = (new double[length], new int[length], new double[length]);
        for (var first = 0; first < map.Length; first++)
        {
            if (first / step % length == 0)
            {
                Line(map, first, step, spacing, line, vertex, start);
            }
        }
    }

    private static void Line(double[] map, int first, int step, double spacing, double[] line, int[] vertex, double[] start)
    {
        var count = 0;
        for (var n = 0; n < line.Length; n++)
        {
            line[n] = map[first + (n * step)];
            if (double.IsPositiveInfinity(line[n]))
            {
                continue;
            }

            // Where the parabola of n comes to lie below the last of the envelope.
            double from;
            while (true)
            {
                from = count == 0 ? double.NegativeInfinity : Crossing(line, vertex[count - 1], n, spacing);
                if (count == 0 || from > start[count - 1])
                {
                    break;
                }

                count--;
            }

            (vertex[count], start[count]) = (n, from);
            count++;
        }

        for (var (n, m) = (0, 0); count > 0 && n < line.Length; n++)
        {
            while (m + 1 < count && start[m + 1] <= n * spacing)
            {
                m++;
            }

            var offset = (n - vertex[m]) * spacing;
            map[first + (n * step)] = (offset * offset) + line[vertex[m]];
        }
    }

    private static double Crossing(double[] line, int a, int b, double spacing)
    {
        var (x, y) = (a * spacing, b * spacing);
        return (line[b] + (y * y) - line[a] - (x * x)) / (2 * (y - x));
    }
}
