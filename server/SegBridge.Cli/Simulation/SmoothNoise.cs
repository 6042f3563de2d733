namespace SegBridge.Cli.Simulation;

/// <summary>Smooth random fields: white Gaussian noise, blurred by a Gaussian, scaled to a wanted deviation.</summary>
internal static class SmoothNoise
{
    /// <summary>A row-major field of rows · columns values with the given sample standard deviation.</summary>
    /// <param name="rows">Rows of the field.</param>
    /// <param name="columns">Columns of the field.</param>
    /// <param name="sigma">Deviation of the blur in pixels; zeros lie beyond the border.</param>
    /// <param name="deviation">Standard deviation of the result.</param>
    /// <param name="random">Source of the noise; the same state gives the same field.</param>
    public static float[] Make(int rows, int columns, double sigma, double deviation, Random random)
    {
        var field = new float[rows * columns];
        for (var n = 0; n < field.Length; n++)
        {
            field[n] = (float)Normal(random);
        }

        var taps = Taps(sigma);
        field = Blur(field, rows, columns, taps, alongRows: true);
        field = Blur(field, rows, columns, taps, alongRows: false);
        var mean = field.Average(v => (double)v);
        var spread = Math.Sqrt(field.Average(v => (v - mean) * (v - mean)));
        var scale = (float)(deviation / Math.Max(spread, 1e-12));
        return Array.ConvertAll(field, v => v * scale);
    }

    /// <summary>One draw of the standard normal distribution (Box and Muller).</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float[] Taps(double sigma)
    {
        var radius = (int)((3 * sigma) + 0.5);
        var taps = Enumerable.Range(-radius, (2 * radius) + 1).Select(n => Math.Exp(-0.5 * n * n / (sigma * sigma))).ToArray();
        var sum = taps.Sum();
        return Array.ConvertAll(taps, tap => (float)(tap / sum));
    }

    private static float[] Blur(float[] field, int rows, int columns, float[] taps, bool alongRows)
    {
        var (lines, length) = alongRows ? (rows, columns) : (columns, rows);
        var (lineStep, step) = alongRows ? (columns, 1) : (1, columns);
        var radius = taps.Length / 2;
        var result = new float[field.Length];
        for (var line = 0; line < lines; line++)
        {
            for (var n = 0; n < length; n++)
            {
                var (first, last) = (Math.Max(0, n - radius), Math.Min(length - 1, n + radius));
                var sum = 0f;
                for (var m = first; m <= last; m++)
                {
                    sum += taps[m - n + radius] * field[(line * lineStep) + (m * step)];
                }

                result[(line * lineStep) + (n * step)] = sum;
            }
        }

        return result;
    }
}
