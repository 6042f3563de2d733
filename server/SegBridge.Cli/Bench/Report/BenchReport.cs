using System.Globalization;
using System.Text;
using SegBridge.Cli.CommandLine;
using Spectre.Console;

namespace SegBridge.Cli.Bench.Report;

/// <summary>Shows the figures of a bench: as tables for people, as JSON, as Markdown.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="markdown">A file to write as well; null: none.</param>
internal sealed class BenchReport(Terminal terminal, string? markdown)
{
    private static readonly string[] Columns = ["what", "median", "10 % .. 90 %", "budget", ""];

    public void Show(IReadOnlyList<BenchSection> sections)
    {
        foreach (var section in sections)
        {
            var table = new Table { Title = new TableTitle(Markup.Escape(section.Title)) };
            table.AddColumns(Columns);
            foreach (var row in section.Rows)
            {
                table.AddRow(CellsOf(row).Select(cell => new Text(cell)));
            }

            terminal.People.Write(table);
            if (section.Note is { } note)
            {
                terminal.Say(note);
            }
        }

        if (markdown is not null)
        {
            File.WriteAllText(markdown, MarkdownOf(sections));
        }

        if (terminal.Json)
        {
            terminal.Results.WriteLine(JsonText.Of(new { Machine = Machine.Text, Sections = sections }));
        }
    }

    public static string MarkdownOf(IReadOnlyList<BenchSection> sections)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{Machine.Text}\n"));
        foreach (var section in sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {section.Title}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Columns)} |\n|{string.Concat(Enumerable.Repeat("---|", Columns.Length))}\n");
            foreach (var row in section.Rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", CellsOf(row).Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
            }

            if (section.Note is { } note)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{note}\n");
            }
        }

        return text.ToString();
    }

    private static string[] CellsOf(BenchRow row) => [row.What, row.MedianText, row.SpreadText, row.BudgetText, row.MetText];
}
