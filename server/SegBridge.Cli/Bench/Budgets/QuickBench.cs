using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Bench.Budgets;

/// <summary>
/// Watches over ratios in continuous integration: fails when one is beyond twice its budget, never for a time. A machine
/// that does much else at once disturbs a ratio now and then, so the worst counts only when it repeats.
/// </summary>
internal static class QuickBench
{
    private const int Rounds = 40;
    private const int Attempts = 3;

    /// <returns>0 when no ratio is far off its budget.</returns>
    public static async Task<int> RunAsync(Terminal terminal, BenchReport report, string models, CancellationToken cancellationToken)
    {
        var bench = new BudgetBench(terminal, models, Rounds);
        for (var attempt = 1; ; attempt++)
        {
            BenchSection[] sections = [.. await bench.ShippedAsync(cancellationToken), new BenchSection("Masks", [.. MaskBench.Run(Rounds)])];
            var far = sections.SelectMany(section => section.Rows).Where(row => row.IsFarOff).ToArray();
            if (far.Length == 0 || attempt == Attempts)
            {
                report.Show(sections);
                foreach (var row in far)
                {
                    terminal.Say($"FAR OFF its budget {row.BudgetText}: {row.What}, {row.MedianText}");
                }

                terminal.Say(far.Length == 0 ? "no ratio is beyond twice its budget" : $"{far.Length} beyond twice their budgets, {Attempts} times in a row");
                return far.Length == 0 ? 0 : 1;
            }

            terminal.Say($"once more: {string.Join("; ", far.Select(row => row.What))}");
        }
    }
}
