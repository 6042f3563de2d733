using System.CommandLine;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using Spectre.Console;

namespace SegBridge.Cli.Bench;

/// <summary>
/// <c>segbridge bench</c>: what a click costs beside the bare network, in one run on one machine; with --golden whether the
/// published networks give the numbers of their authors' code;
/// with --propagation how well masks carry from slice to slice; with --selection whether examples are picked well;
/// with --dicom how fast a series is read.
/// </summary>
internal sealed class BenchCommand : TeachingCommand
{
    private readonly Option<int> _rounds = WholeNumber.Option("--rounds", "Clicks, each beside one bare run of the network", 60, 5, 10_000);
    private readonly Option<string?> _models = ModelFolder.Option();
    private readonly GoldenOptions _golden = new();
    private readonly PropagationOptions _propagation = new();
    private readonly Option<string[]> _selection = new("--selection")
    {
        Description = "Compare examples picked by similarity with examples drawn by chance instead, on a data set (dataset.json, images, labels); may be repeated",
        HelpName = "DIR",
    };

    private readonly Option<bool> _dicom = new("--dicom")
    {
        Description = "Measure reading a DICOM series of 300 slices instead, beside pydicom and GDCM where /usr/bin/python3 has them",
    };

    private readonly Option<bool> _doors = new("--doors") { Description = "Measure a click through the doors for other servers' clients instead, beside gRPC" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one line of JSON" };

    public BenchCommand()
        : base("bench", "Measures what a click costs beside the bare ONNX Runtime run of its network, and what masks cost, as ratios in one run.", """
            Examples:
              segbridge bench
                  a 512×512×300 volume, 60 clicks in a real server process, alternating with the bare network
              segbridge bench --rounds 500 --json
                  longer, and the figures as JSON
              segbridge bench --golden
                  instead: are the published networks computed right? Made-up weights, known results; minutes, and 3 GB of disk
              segbridge bench --propagation data/sts_tumour_ct
                  instead: Dice by the distance to the slices that propagation starts from; minutes
              segbridge bench --selection data/liver
                  instead: does a model of context propose better from examples that look like the slice?
              segbridge bench --doors
                  instead: the same clicks as nnInteractive's and MONAI Label's clients send them
              segbridge bench --dicom --rounds 10
                  instead: a DICOM series of 512×512×300 voxels, written to a temporary folder, read beside pydicom and GDCM
            """)
    {
        foreach (var option in (Option[])[_rounds, _models, .. _golden.All, .. _propagation.All, _selection, _dicom, _doors, _json])
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        if (_golden.IsAsked(parsed))
        {
            return await GoldenBench.RunAsync(terminal, _golden.Families(parsed), _golden.Templates(parsed), cancellationToken);
        }

        if (parsed.GetValue(_dicom))
        {
            terminal.Say("writing a DICOM series of 300 slices to a temporary folder");
            Report(terminal, [.. DicomBench.Run(parsed.GetValue(_rounds))]);
            return 0;
        }

        var models = ModelFolder.Resolve(parsed.GetValue(_models));
        if (_propagation.Folder(parsed) is not null)
        {
            await _propagation.RunAsync(parsed, terminal, models, cancellationToken);
            return 0;
        }

        if (parsed.GetValue(_selection) is { Length: > 0 } sets)
        {
            return await SelectionBench.RunAsync(terminal, sets, models, cancellationToken);
        }

        terminal.Say("making a 512×512×300 volume and starting a server");
        var volume = BenchVolume.Make(new VolumeSize(512, 512, 300));
        if (parsed.GetValue(_doors))
        {
            Report(terminal, [
                .. await NnInteractiveDoorBench.RunAsync(volume, models, parsed.GetValue(_rounds), cancellationToken),
                .. await MonaiDoorBench.RunAsync(volume, models, parsed.GetValue(_rounds), cancellationToken),
            ]);
            return 0;
        }

        await using var server = await ServerProcess.StartAsync(["--models", models, "--no-journal"], cancellationToken);
        using var connection = new ServerConnection(server.Address);
        var figures = await ClickBench.RunAsync(connection, volume, models, parsed.GetValue(_rounds), cancellationToken);
        var rows = figures.Rows().Concat(MaskBench.Run(parsed.GetValue(_rounds))).ToArray();
        Report(terminal, rows);
        return 0;
    }

    private static void Report(Terminal terminal, IReadOnlyList<BenchRow> rows)
    {
        var table = new Table().AddColumns("what", "median", "10 % .. 90 %", "budget");
        foreach (var row in rows)
        {
            table.AddRow(row.What, row.Median, row.Spread, row.Budget);
        }

        terminal.People.Write(table);
        if (terminal.Json)
        {
            terminal.Results.WriteLine(JsonText.Of(rows));
        }
    }
}
