using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Demo.Slices;

/// <summary>The steps of the demo on slices.</summary>
internal static class SliceStepTable
{
    private static readonly (string Title, int Width)[] Columns =
    [
        ("slice", 5), ("step", 4), ("prompts", 7), ("confidence", 10), ("Dice", 6), ("ms server", 9), ("ms total", 8), ("up", 9), ("down", 9),
    ];

    /// <summary>Runs the work; what it reports appears at once.</summary>
    public static Task ShowAsync(Terminal terminal, Func<Action<SliceStepRecord>, Task> work) =>
        GrowingTable.ShowAsync(terminal, Columns, show => work(record => show(Cells(record))));

    private static string[] Cells(SliceStepRecord record)
    {
        var none = record.Prompts == 0;
        return
        [
            NumberText.Whole(record.Slice),
            NumberText.Whole(record.Step),
            none ? "none" : NumberText.Whole(record.Prompts),
            NumberText.Share(record.Confidence),
            NumberText.Share(record.Dice),
            none ? "-" : NumberText.Tenths(record.ServerMs),
            none ? "-" : NumberText.Tenths(record.TotalMs),
            ByteText.Of(record.BytesUp),
            ByteText.Of(record.BytesDown),
        ];
    }
}
