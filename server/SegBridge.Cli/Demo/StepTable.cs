using System.Globalization;
using SegBridge.Cli.CommandLine;
using Spectre.Console;

namespace SegBridge.Cli.Demo;

/// <summary>The steps as they happen: a table that grows where a person watches, else one plain line each.</summary>
internal static class StepTable
{
    private static readonly (string Title, int Width)[] Columns =
    [
        ("slice", 5), ("step", 4), ("prompts", 7), ("confidence", 10), ("Dice", 6), ("ms server", 9), ("ms total", 8), ("up", 9), ("down", 9),
    ];

    /// <summary>Runs the work; what it reports appears at once.</summary>
    public static async Task ShowAsync(Terminal terminal, Func<Action<StepRecord>, Task> work)
    {
        if (!terminal.IsLive)
        {
            terminal.Say(Line(Columns.Select(column => column.Title)));
            await work(record => terminal.Say(Line(Cells(record))));
            return;
        }

        var table = new Table().RoundedBorder();
        foreach (var (title, _) in Columns)
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        await terminal.People.Live(table).AutoClear(false).Overflow(VerticalOverflow.Visible).StartAsync(async context =>
        {
            context.Refresh();
            await work(record =>
            {
                table.AddRow([.. Cells(record)]);
                context.Refresh();
            });
        });
    }

    private static string[] Cells(StepRecord record)
    {
        string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
        var none = record.Prompts == 0;
        return
        [
            Number(record.Slice, "0"),
            Number(record.Step, "0"),
            none ? "none" : Number(record.Prompts, "0"),
            Number(record.Confidence, "0.000"),
            Number(record.Dice, "0.000"),
            none ? "-" : Number(record.ServerMs, "0.0"),
            none ? "-" : Number(record.TotalMs, "0.0"),
            ByteText.Of(record.BytesUp),
            ByteText.Of(record.BytesDown),
        ];
    }

    private static string Line(IEnumerable<string> cells) =>
        string.Join("  ", cells.Zip(Columns, (cell, column) => cell.PadLeft(column.Width)));
}
