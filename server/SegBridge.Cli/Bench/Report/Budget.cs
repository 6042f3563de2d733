using System.Globalization;

namespace SegBridge.Cli.Bench.Report;

/// <summary>What a figure may be.</summary>
/// <param name="Limit">In the figure's unit.</param>
/// <param name="AtLeast">Whether more is better.</param>
internal sealed record Budget(double Limit, bool AtLeast = false)
{
    /// <summary>How much of the budget a figure takes: up to 1 it is met.</summary>
    public double ShareOf(double value) => AtLeast ? Limit / value : value / Limit;

    public string Text(string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(AtLeast ? "≥" : "≤")} {Limit:#,0.##} {unit}").TrimEnd();
}
