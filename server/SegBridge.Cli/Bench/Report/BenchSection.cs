namespace SegBridge.Cli.Bench.Report;

/// <summary>Figures that belong together.</summary>
/// <param name="Title">Of their table.</param>
/// <param name="Rows">The figures.</param>
/// <param name="Note">What a reader must know of them; null: nothing.</param>
internal sealed record BenchSection(string Title, IReadOnlyList<BenchRow> Rows, string? Note = null);
