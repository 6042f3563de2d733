using SegBridge.Imaging.Intensity;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tasks.Context;

/// <summary>
/// What an image looks like from afar, for comparing images of one task: 32 × 32 means of its values in [0, 1], their
/// gradient's length and their histogram. Costs about as much as reading the image.
/// </summary>
public sealed class ImageLook
{
    private const int Side = 32;
    private const int Bins = 32;
    private const double LowPercentile = 0.5;
    private const double HighPercentile = 99.5;

    private readonly float[] _values;
    private readonly float[] _edges;
    private readonly float[] _histogram;

    private ImageLook(float[] means)
    {
        _histogram = Histogram(means);
        _edges = Centred(Gradient(means));
        _values = Centred(means);
    }

    /// <summary>Bytes of memory held.</summary>
    public long SizeBytes => (_values.Length + _edges.Length + _histogram.Length) * sizeof(float);

    public static ImageLook Of(SliceImage image)
    {
        var pixels = image.Pixels.ToArray();
        MinMax.Normalise(pixels, image.Window ?? WindowOf(pixels));
        return new ImageLook(Means(pixels, image.Rows, image.Columns));
    }

    /// <summary>
    /// Correlation of the means, plus that of their gradient lengths, plus the share that both histograms have in common:
    /// −2 .. 3, larger is more alike.
    /// </summary>
    public float SimilarityTo(ImageLook other) =>
        Product(_values, other._values) + Product(_edges, other._edges) + Common(_histogram, other._histogram);

    private static IntensityWindow WindowOf(float[] pixels)
    {
        var numbers = Array.FindAll(pixels, float.IsFinite);
        if (numbers.Length == 0)
        {
            return new IntensityWindow(0, 0);
        }

        var (low, high) = Percentiles.Of(numbers, LowPercentile, HighPercentile);
        return new IntensityWindow(low, high);
    }

    // Every pixel counts for the cell in which it lies; an image smaller than the cells repeats its pixels.
    private static float[] Means(float[] pixels, int rows, int columns)
    {
        var means = new float[Side * Side];
        for (var row = 0; row < Side; row++)
        {
            var (top, bottom) = Range(row, rows);
            for (var column = 0; column < Side; column++)
            {
                var (left, right) = Range(column, columns);
                var sum = 0f;
                for (var y = top; y < bottom; y++)
                {
                    foreach (var pixel in pixels.AsSpan((y * columns) + left, right - left))
                    {
                        sum += pixel;
                    }
                }

                means[(row * Side) + column] = sum / ((bottom - top) * (right - left));
            }
        }

        return means;
    }

    private static (int First, int End) Range(int cell, int pixels)
    {
        var first = cell * pixels / Side;
        return (first, Math.Max(first + 1, (cell + 1) * pixels / Side));
    }

    private static float[] Gradient(float[] means)
    {
        var lengths = new float[means.Length];
        for (var row = 0; row < Side - 1; row++)
        {
            for (var column = 0; column < Side - 1; column++)
            {
                var n = (row * Side) + column;
                var (across, down) = (means[n + 1] - means[n], means[n + Side] - means[n]);
                lengths[n] = MathF.Sqrt((across * across) + (down * down));
            }
        }

        return lengths;
    }

    private static float[] Histogram(float[] means)
    {
        var shares = new float[Bins];
        foreach (var mean in means)
        {
            shares[Math.Min((int)(mean * Bins), Bins - 1)] += 1f / means.Length;
        }

        return shares;
    }

    /// <summary>Mean 0 and length 1, so that the product of two is their correlation; all 0 when nothing varies.</summary>
    private static float[] Centred(float[] values)
    {
        var mean = values.Average();
        var centred = Array.ConvertAll(values, value => value - mean);
        var length = MathF.Sqrt(Product(centred, centred));
        return length < 1e-6f ? new float[values.Length] : Array.ConvertAll(centred, value => value / length);
    }

    private static float Product(float[] one, float[] two)
    {
        var sum = 0f;
        for (var n = 0; n < one.Length; n++)
        {
            sum += one[n] * two[n];
        }

        return sum;
    }

    private static float Common(float[] one, float[] two)
    {
        var sum = 0f;
        for (var n = 0; n < one.Length; n++)
        {
            sum += Math.Min(one[n], two[n]);
        }

        return sum;
    }
}
