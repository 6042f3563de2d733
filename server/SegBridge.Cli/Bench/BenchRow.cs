using System.Globalization;

namespace SegBridge.Cli.Bench;

/// <summary>One line of the bench's table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Median">With its unit.</param>
/// <param name="Spread">10th and 90th percentile.</param>
/// <param name="Budget">What it should be, empty for a part that has no budget of its own.</param>
internal sealed record BenchRow(string What, string Median, string Spread, string Budget)
{
    public static BenchRow Of(string what, IReadOnlyList<double> values, string unit, string budget = "")
    {
        var sorted = values.Order().ToArray();
        return new BenchRow(
            what,
            Text(sorted[sorted.Length / 2]),
            $"{Text(sorted[sorted.Length / 10])} .. {Text(sorted[sorted.Length * 9 / 10])}",
            budget);

        string Text(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}").Trim();
    }
}
