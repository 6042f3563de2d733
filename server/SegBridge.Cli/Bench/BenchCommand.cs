using System.CommandLine;
using SegBridge.Cli.Bench.Budgets;
using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Dicom;
using SegBridge.Cli.Bench.Doors;
using SegBridge.Cli.Bench.Golden;
using SegBridge.Cli.Bench.Propagation;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Bench.Scaling;
using SegBridge.Cli.Bench.Selection;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Bench;

/// <summary>
/// <c>segbridge bench</c>: every budget of the design and the parts of a click, in one run on one machine; with --quick a
/// guard for continuous integration; with --golden whether the published networks give the numbers of their authors' code;
/// with --propagation how well masks carry from slice to slice; with --selection whether examples are picked well;
/// with --dicom how fast a series is read.
/// </summary>
internal sealed class BenchCommand : TeachingCommand
{
    private readonly Option<int> _rounds = WholeNumber.Option("--rounds", "Clicks, each beside one bare run of the network; slow models get a quarter", 100, 5, 10_000);
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

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Measure less, in about half a minute, and fail when a ratio is beyond twice its budget",
    };

    private readonly Option<bool> _scaling = new("--scaling")
    {
        Description = "Measure instead what grows with volume, prompts, examples and sessions, memory, uploads, and gRPC beside gRPC-Web; minutes",
    };

    private readonly Option<string?> _markdown = new("--markdown") { Description = "Write the tables to this file as well", HelpName = "FILE" };

    private readonly Option<bool> _doors = new("--doors") { Description = "Measure a click through the doors for other servers' clients instead, beside gRPC" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one line of JSON" };

    public BenchCommand()
        : base("bench", "Measures every budget: what clicks cost beside the bare ONNX Runtime runs of their networks, what travels, what is held.", """
            Examples:
              segbridge bench
                  a 512×512×300 volume, clicks in real server processes, alternating with the bare networks and PyTorch
              segbridge bench --rounds 500 --json --markdown bench.md
                  longer; the figures as JSON, and as Markdown tables
              segbridge bench --quick
                  the shipped models only; exit code 1 when a ratio is beyond twice its budget
              segbridge bench --scaling --rounds 20
                  instead: volumes of 64³ to 768³, scribbles of 10,000 voxels, 64 examples, 64 sessions
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
        foreach (var option in (Option[])[_rounds, _models, .. _golden.All, .. _propagation.All, _selection, _dicom, _doors, _quick, _scaling, _markdown, _json])
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

        var report = new BenchReport(terminal, parsed.GetValue(_markdown));
        if (parsed.GetValue(_dicom))
        {
            terminal.Say("writing a DICOM series of 300 slices to a temporary folder");
            report.Show([new BenchSection("A DICOM series of 512×512×300 voxels", [.. DicomBench.Run(parsed.GetValue(_rounds))])]);
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

        if (parsed.GetValue(_doors))
        {
            var (volume, rounds) = (BenchVolume.Make(new VolumeSize(512, 512, 300)), parsed.GetValue(_rounds));
            report.Show([
                new BenchSection("A click through nnInteractive's door", await NnInteractiveDoorBench.RunAsync(volume, models, rounds, cancellationToken)),
                new BenchSection("A click through MONAI Label's door", await MonaiDoorBench.RunAsync(volume, models, rounds, cancellationToken)),
            ]);
            return 0;
        }

        if (parsed.GetValue(_quick))
        {
            return await QuickBench.RunAsync(terminal, report, models, cancellationToken);
        }

        if (parsed.GetValue(_scaling))
        {
            report.Show(await ScalingBench.RunAsync(terminal, models, parsed.GetValue(_rounds), cancellationToken));
            return 0;
        }

        report.Show(await new BudgetBench(terminal, models, parsed.GetValue(_rounds)).RunAsync(cancellationToken));
        return 0;
    }
}
