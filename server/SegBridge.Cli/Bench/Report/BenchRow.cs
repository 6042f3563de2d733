using System.Globalization;
using System.Text.Json.Serialization;

namespace SegBridge.Cli.Bench.Report;

/// <summary>One figure of a bench.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Unit">"ms", "x" for ratios, "B", ….</param>
/// <param name="Median">In that unit.</param>
/// <param name="P10">10th percentile.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="Budget">Null: it has none of its own.</param>
internal sealed record BenchRow(string What, string Unit, double Median, double P10, double P90, Budget? Budget)
{
    public const string Ms = "ms";

    // Times depend on the machine; a ratio or a size this far off is a fault.
    private const double FarOff = 2;

    /// <summary>Null without a budget.</summary>
    public bool? Met => Budget is null ? null : Budget.ShareOf(Median) <= 1;

    /// <summary>Whether it is beyond twice its budget; a time never is.</summary>
    [JsonIgnore]
    public bool IsFarOff => Unit != Ms && Budget?.ShareOf(Median) > FarOff;

    [JsonIgnore]
    public string MedianText => Text(Median);

    /// <summary>10th and 90th percentile; empty for a figure that is always the same.</summary>
    [JsonIgnore]
    public string SpreadText => P10 == P90 ? "" : $"{Text(P10)} .. {Text(P90)}";

    [JsonIgnore]
    public string BudgetText => Budget?.Text(Unit) ?? "";

    [JsonIgnore]
    public string MetText => Met switch { true => "met", false => "NOT met", null => "" };

    /// <param name="what">What was measured.</param>
    /// <param name="values">At least one.</param>
    /// <param name="unit">Theirs.</param>
    /// <param name="budget">What the median may be.</param>
    public static BenchRow Of(string what, IReadOnlyCollection<double> values, string unit, Budget? budget = null)
    {
        var sorted = values.Order().ToArray();
        double At(int tenth) => Math.Round(sorted[sorted.Length * tenth / 10], 4);
        return new BenchRow(what, unit, At(5), At(1), At(9), budget);
    }

    private string Text(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0.##} {Unit}").TrimEnd();
}
