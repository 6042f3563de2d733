using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Protocols;
using SegBridge.Cli.Evaluate.Results;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Evaluate;

/// <summary><c>segbridge evaluate</c>.</summary>
internal sealed class EvaluateCommand : TeachingCommand
{
    private readonly ArmChoice _arms = new();
    private readonly Option<string[]> _data = new("--data") { Description = "Folder of labelled images: with a dataset.json, with images/ and labels/ of the same names, or with pairs such as ct.nii.gz and ct_label.nii.gz; or a folder of such folders; several may be given", HelpName = "DIR", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _volume = new("--volume") { Description = "Instead of --data: one image, NIfTI, NRRD or PNG, with --label", HelpName = "FILE" };
    private readonly Option<string?> _label = new("--label") { Description = "The truth about --volume, on the same grid", HelpName = "FILE" };
    private readonly Option<string> _split = new("--split") { Description = "Which cases, where the data are split by subject", HelpName = "train|validation", DefaultValueFactory = _ => "validation" };
    private readonly Option<string> _protocol = new("--protocol") { Description = "How the simulated radiologist prompts; prism-… for 3D models, the others for 2D models, on the middle and the largest slice of volumes", DefaultValueFactory = _ => Protocol.All[0].Name };
    private readonly Option<int?> _steps = WholeNumber.Optional("--steps", "Steps on each object [default: as in the papers: prism 11, scribbles 10, given-scribbles 1, others 20]", 1, 1000);
    private readonly Option<int?> _limit = WholeNumber.Optional("--limit", "Cases of each data set at most, images of each series [default: all, 18]", 1, 1_000_000);
    private readonly Option<int> _seeds = WholeNumber.Option("--seeds", "Play each object so often, with other chance each time", 1, 1, 1000);
    private readonly Option<int> _seed = WholeNumber.Option("--seed", "The first seed; the same seed plays the same prompts", 1, 0, 1_000_000);
    private readonly Option<string> _reader = new("--reader") { Description = "Who prompts in a series (in-context)", DefaultValueFactory = _ => "center-clicks" };
    private readonly Option<string> _axes = new("--axes") { Description = "Across which axes of a volume 2D readers look at slices", HelpName = "k|ijk", DefaultValueFactory = _ => "k" };
    private readonly Option<int> _jitter = WholeNumber.Option("--box-jitter", "boxes: each side is off by 0 to so many 128ths of the image", SliceBox.UsualJitter, 0, 64);
    private readonly Option<IntensityWindow?> _window = WindowText.Option("the model scales each image by itself");
    private readonly Option<double> _tolerance = new("--tolerance") { Description = "Millimetres (pixels where an image has no spacing) within which surfaces agree, for NSD", HelpName = "MM", DefaultValueFactory = _ => 5 };
    private readonly Option<bool> _onlyChosen = new("--only-chosen") { Description = "Do not ask for the other proposals of a model; saves their time and bytes, but whether the best was chosen is not known" };
    private readonly Option<string?> _lines = new("--json-lines") { Description = "Keep each step as a line of JSON in this file; a run that finds its file goes on where it ended", HelpName = "FILE" };
    private readonly Option<string?> _report = new("--report") { Description = "Write one HTML page with curves, tables and pictures of the best, the median and the worst objects; as FILE.md only the table by data set, for a model card", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print a line of JSON for each step and a summary as the last; everything else to standard error" };

    public EvaluateCommand()
        : base("evaluate", "Measures a model through a real server: a simulated radiologist who knows the truth prompts and corrects, step by step.", """
            Examples:
              segbridge evaluate --data ../shared/data/open/sts_tumour_ct
                  the validation cases with box, clicks and scribbles over 11 steps, as PRISM was tested
              segbridge evaluate --data my-scans --protocol center-clicks --report report.html
                  a 2D model on your pairs of images and labels, one click a step; look at report.html
              segbridge evaluate --data ../shared/data/open --protocol centerline-scribbles --json-lines run.jsonl --report report.html
                  all data sets of a folder; stop it with Ctrl-C and the same command goes on
              segbridge evaluate --data ../shared/data/open/msd_hippocampus_mr --protocol in-context --compare scribble-2d,context-2d
                  what finished images save: both models on the same series, with paired differences
              segbridge evaluate --volume ct.nii.gz --label tumour.nii.gz --json
                  one case; the last line is a summary as JSON
            """)
    {
        _protocol.AcceptOnlyFromAmong([.. Protocol.All.Select(protocol => protocol.Name)]);
        _split.AcceptOnlyFromAmong("train", "validation");
        _reader.AcceptOnlyFromAmong("center-clicks", "centerline-scribbles");
        _axes.AcceptOnlyFromAmong("k", "ijk");
        _tolerance.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var millimetres) && !(millimetres > 0 && double.IsFinite(millimetres)))
            {
                result.AddError($"--tolerance must be above 0 mm, got {token.Value}");
            }
        });
        foreach (var option in (Option[])[
            _data, _volume, _label, _split, _protocol, _steps, _limit, _seeds, _seed, _reader, _axes, _jitter, _window, _tolerance, _onlyChosen, _lines,
            _report, _json])
        {
            Options.Add(option);
        }

        _arms.AddTo(this);
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsOf(parsed);
        // Before the server starts, so that a wrong folder or split is said at once.
        var datasets = parsed.GetValue(_volume) is { } volume
            ? [Dataset.OfPair(volume, parsed.GetValue(_label)!)]
            : parsed.GetValue(_data)!.SelectMany(Dataset.Open).ToArray();
        var units = new EvaluationUnits(datasets, settings);
        var terminal = new Terminal(parsed.GetValue(_json));
        await using var arms = await _arms.OpenAsync(parsed, settings.Protocol, cancellationToken);
        using var log = StepLog.Open(
            parsed.GetValue(_lines), $"{settings.Signature} {string.Join(',', arms.All.Select(arm => $"{arm.Name}@{arm.Model.Version}"))}", settings.Steps);
        await new Evaluation(arms.All, units, settings, log, terminal).RunAsync(parsed.GetValue(_report), cancellationToken);
        return 0;
    }

    private EvaluationSettings SettingsOf(ParseResult parsed)
    {
        var protocol = Protocol.Named(parsed.GetValue(_protocol)!);
        var reader = parsed.GetValue(_reader)!;
        return new EvaluationSettings
        {
            Protocol = protocol,
            Split = parsed.GetValue(_split)!,
            Steps = parsed.GetValue(_steps) ?? (protocol.IsSeries ? Protocol.Named(reader) : protocol).UsualSteps,
            Limit = parsed.GetValue(_limit),
            Seeds = parsed.GetValue(_seeds),
            Seed = parsed.GetValue(_seed),
            ToleranceMm = parsed.GetValue(_tolerance),
            Window = parsed.GetValue(_window),
            Axes = parsed.GetValue(_axes) == "k" ? [Axis.K] : [Axis.I, Axis.J, Axis.K],
            BoxJitter = parsed.GetValue(_jitter),
            Reader = reader,
            Candidates = !parsed.GetValue(_onlyChosen),
            Pictures = parsed.GetValue(_report) is { } report && !EvaluationSettings.IsMarkdown(report),
        };
    }

    private void Check(CommandResult result)
    {
        var (isPair, hasData) = (result.GetValue(_volume) is not null, result.GetValue(_data) is { Length: > 0 });
        if (isPair != (result.GetValue(_label) is not null))
        {
            result.AddError("--volume and --label belong together: give both");
        }
        else if (isPair == hasData)
        {
            result.AddError("give the images: either a folder with --data DIR or one image with --volume FILE --label FILE");
        }

        if (result.GetValue(_report) is { } report && !OutputFolder.IsThere(report))
        {
            result.AddError($"--report {OutputFolder.Missing(report)}");
        }
    }
}
