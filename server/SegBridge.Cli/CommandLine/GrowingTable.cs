using Spectre.Console;

namespace SegBridge.Cli.CommandLine;

/// <summary>Results as they happen: a table that grows where a person watches, else one plain line each.</summary>
internal static class GrowingTable
{
    /// <summary>Runs the work; each row that it reports appears at once.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="columns">Titles, and widths of plain lines.</param>
    /// <param name="work">Reports as many cells as there are columns.</param>
    public static async Task ShowAsync(Terminal terminal, IReadOnlyList<(string Title, int Width)> columns, Func<Action<string[]>, Task> work)
    {
        if (!terminal.IsLive)
        {
            void Say(IEnumerable<string> cells) =>
                terminal.Say(string.Join("  ", cells.Zip(columns, (cell, column) => cell.PadLeft(column.Width))));
            Say(columns.Select(column => column.Title));
            await work(Say);
            return;
        }

        var table = new Table().RoundedBorder();
        foreach (var (title, _) in columns)
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        await terminal.People.Live(table).AutoClear(false).Overflow(VerticalOverflow.Visible).StartAsync(async context =>
        {
            context.Refresh();
            await work(cells =>
            {
                table.AddRow([.. cells.Select(Markup.Escape)]);
                context.Refresh();
            });
        });
    }
}
