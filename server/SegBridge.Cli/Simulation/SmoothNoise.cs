using System.Numerics;
using System.Runtime.InteropServices;

namespace SegBridge.Cli.Simulation;

/// <summary>Smooth random fields: white Gaussian noise, blurred by a Gaussian, scaled to a wanted deviation.</summary>
internal static class SmoothNoise
{
    /// <summary>A row-major field of rows · columns values with the given sample standard deviation.</summary>
    /// <param name="rows">Rows of the field.</param>
    /// <param name="columns">Columns of the field.</param>
    /// <param name="sigma">Deviation of the blur in pixels, above 0; zeros lie beyond the border.</param>
    /// <param name="deviation">Standard deviation of the result.</param>
    /// <param name="random">Source of the noise; the same state gives the same field.</param>
    public static float[] Make(int rows, int columns, (double Down, double Across) sigma, double deviation, Random random)
    {
        var field = new float[rows * columns];
        for (var n = 0; n < field.Length; n++)
        {
            field[n] = (float)Normal(random);
        }

        return Of(field, rows, columns, sigma, deviation);
    }

    /// <summary>The same from given white noise.</summary>
    public static float[] Of(float[] white, int rows, int columns, (double Down, double Across) sigma, double deviation)
    {
        var field = Blur(white, rows, columns, Taps(sigma.Across), alongRows: true);
        field = Blur(field, rows, columns, Taps(sigma.Down), alongRows: false);
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

    // One tap after the other, so that whole stretches of a row are added at once.
    private static float[] Blur(float[] field, int rows, int columns, float[] taps, bool alongRows)
    {
        var radius = taps.Length / 2;
        var result = new float[field.Length];
        for (var row = 0; row < rows; row++)
        {
            var to = result.AsSpan(row * columns, columns);
            for (var shift = -radius; shift <= radius; shift++)
            {
                if (alongRows)
                {
                    var (first, count) = (Math.Max(0, -shift), columns - Math.Abs(shift));
                    if (count > 0)
                    {
                        AddScaled(to.Slice(first, count), field.AsSpan((row * columns) + first + shift, count), taps[shift + radius]);
                    }
                }
                else if ((uint)(row + shift) < (uint)rows)
                {
                    AddScaled(to, field.AsSpan((row + shift) * columns, columns), taps[shift + radius]);
                }
            }
        }

        return result;
    }

    private static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        var wideTo = MemoryMarshal.Cast<float, Vector<float>>(to);
        var wideFrom = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (var n = 0; n < wideTo.Length; n++)
        {
            wideTo[n] += wideFrom[n] * factor;
        }

        for (var n = wideTo.Length * Vector<float>.Count; n < to.Length; n++)
        {
            to[n] += from[n] * factor;
        }
    }
}
