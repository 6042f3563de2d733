using SegBridge.Models.Bundles;

namespace SegBridge.Models.Golden;

/// <summary>What is known of a tensor: mean, standard deviation, and some elements by their index.</summary>
internal sealed record GoldenTensor(
    ModelFamily Family, string Name, int[] Shape, double Mean, double Deviation, params (int[] At, double Value)[] Samples)
{
    /// <summary>All known numbers beside those of the values, which are in the order of the shape.</summary>
    public IEnumerable<GoldenRow> Compare(ReadOnlyMemory<float> values)
    {
        if (values.Length != Shape.Aggregate(1, (product, length) => product * length))
        {
            throw new ArgumentException($"{Name} must have the shape [{string.Join(", ", Shape)}], got {values.Length} values", nameof(values));
        }

        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values.Span)
        {
            sum += value;
            squares += (double)value * value;
        }

        var mean = sum / values.Length;
        var deviation = Math.Sqrt(Math.Max(0, (squares / values.Length) - (mean * mean)));
        yield return new GoldenRow(Family, Name, "mean", Mean, mean);
        yield return new GoldenRow(Family, Name, "std", Deviation, deviation);
        foreach (var (at, expected) in Samples)
        {
            yield return new GoldenRow(Family, Name, $"[{string.Join(", ", at)}]", expected, values.Span[Offset(at)]);
        }
    }

    private int Offset(int[] at) => at.Zip(Shape).Aggregate(0, (offset, pair) => (offset * pair.Second) + pair.First);
}
