using SegBridge.Models.Golden;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>Golden numbers of a 128 × 128 map: mean, standard deviation, and some of its values.</summary>
internal sealed record GoldenMap(double Mean, double Deviation, params (int Row, int Column, double Value)[] Samples)
{
    public const int Side = 128;

    /// <summary>The 2D networks' golden input [1, 5, 128, 128]: the last channel is spread to [−4, 4).</summary>
    public static float[] Input()
    {
        var values = GoldenFill.Uniform("in:x", 5 * Side * Side);
        foreach (ref var value in values.AsSpan(4 * Side * Side))
        {
            value = (8 * value) - 4;
        }

        return values;
    }

    public void Require(ReadOnlySpan<float> map, double tolerance)
    {
        var values = map.ToArray();
        var mean = values.Average(value => (double)value);
        Near(Mean, mean, tolerance, "mean");
        Near(Deviation, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), tolerance, "standard deviation");
        foreach (var (row, column, value) in Samples)
        {
            Near(value, values[(row * Side) + column], tolerance, $"[{row}, {column}]");
        }
    }

    private static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{what} is {actual}, should be {expected}");
}
