using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Demo.Volumes;

/// <summary>The events of the demo on a volume.</summary>
internal static class VolumeStepTable
{
    private static readonly (string Title, int Width)[] Columns =
    [
        ("step", 4), ("what", 12), ("confidence", 10), ("Dice", 5), ("candidates: confidence/Dice", 38), ("ms server", 9), ("ms total", 8), ("up", 8), ("down", 8),
    ];

    /// <summary>Runs the work; what it reports appears at once.</summary>
    public static Task ShowAsync(Terminal terminal, Func<Action<VolumeDemoStep>, Task> work) =>
        GrowingTable.ShowAsync(terminal, Columns, show => work(done => show(Cells(done))));

    private static string[] Cells(VolumeDemoStep done) =>
    [
        NumberText.Whole(done.Step),
        done.Event switch
        {
            "prompts" => $"{done.Prompts} prompt(s)",
            "choice" => $"chose {done.Chosen}",
            _ => done.Event,
        },
        NumberText.Share(done.Confidence),
        NumberText.Share(done.Dice),
        done.Event == "prompts" ? string.Join(' ', done.Candidates.OrderBy(candidate => candidate.Index).Select(candidate =>
            $"{NumberText.Share(candidate.Confidence)}/{NumberText.Share(candidate.Dice)}{(candidate.Index == done.Chosen ? "*" : "")}")) : "",
        NumberText.Whole(done.ServerMs),
        NumberText.Whole(done.TotalMs),
        ByteText.Of(done.BytesUp),
        ByteText.Of(done.BytesDown),
    ];
}
