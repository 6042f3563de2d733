using System.CommandLine;
using Grpc.Core;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo;

/// <summary><c>segbridge demo</c>.</summary>
internal sealed class DemoCommand : TeachingCommand
{
    private const float CtBelow = -500;
    private static readonly IntensityWindow SoftTissue = new(-160, 240);

    private readonly ServerChoice _server = new();
    private readonly Option<string?> _volume = new("--volume") { Description = "A volume to segment: NIfTI, NRRD [default: a CT phantom with a tumour, made on the spot]", HelpName = "FILE" };
    private readonly Option<string?> _label = new("--label") { Description = "The truth about the object in --volume, on the same grid", HelpName = "FILE" };
    private readonly Option<int?> _labelValue = new("--label-value") { Description = "The label's value of the object [default: anything but 0]", HelpName = "N" };
    private readonly Option<IntensityWindow?> _window = WindowText.Option("soft tissue for what looks like CT, else the model scales each slice by itself");
    private readonly Option<string> _protocol = new("--protocol") { Description = "How the simulated radiologist prompts", DefaultValueFactory = _ => Radiologist.Names[0] };
    private readonly Option<int> _steps = WholeNumber.Option("--steps", "Steps on each slice", 5, 1, 100);
    private readonly Option<int> _slices = WholeNumber.Option("--slices", "Slices across the object, at most", 5, 1, 100);
    private readonly Option<int> _seed = new("--seed") { Description = "Chance of phantom and prompts; the same seed plays the same demo", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _model = new("--model") { Description = "A model's id, see \"segbridge models list\" [default: the server's]", HelpName = "ID" };
    private readonly Option<string> _output = new("--output") { Description = "Folder for mask.nii.gz and contact-sheet.png", HelpName = "DIR", DefaultValueFactory = _ => "demo-output" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON to standard output, everything else to standard error" };

    public DemoCommand()
        : base("demo", "Watches a simulated radiologist segment a tumour through a real server: a live table, the mask, and a picture of every step.", """
            Examples:
              segbridge demo
                  segments the tumour of a made CT; look at demo-output/contact-sheet.png afterwards
              segbridge demo --protocol center-clicks --steps 10
                  the same with one click a step
              segbridge demo --volume ct.nii.gz --label tumour.nii.gz --json
                  a case of yours; the last line is JSON with Dice, milliseconds and bytes of each step
              segbridge demo --server http://127.0.0.1:8710
                  plays against a server that runs already
            """)
    {
        _protocol.AcceptOnlyFromAmong([.. Radiologist.Names]);
        foreach (var option in (Option[])[_volume, _label, _labelValue, _window, _protocol, _steps, _slices, _seed, _model, _output, _json])
        {
            Options.Add(option);
        }

        _server.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_volume) is null != result.GetValue(_label) is null)
            {
                result.AddError("--volume and --label belong together: give both, or neither for the phantom");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = new DemoSettings
        {
            Volume = parsed.GetValue(_volume),
            Label = parsed.GetValue(_label),
            LabelValue = parsed.GetValue(_labelValue),
            Window = parsed.GetValue(_window),
            Protocol = parsed.GetValue(_protocol)!,
            Steps = parsed.GetValue(_steps),
            Slices = parsed.GetValue(_slices),
            Seed = parsed.GetValue(_seed),
            Model = parsed.GetValue(_model),
            Output = parsed.GetValue(_output)!,
        };
        var terminal = new Terminal(parsed.GetValue(_json));
        var demoCase = settings.Volume is { } volume
            ? LabelledCase.Read(volume, settings.Label!, settings.LabelValue)
            : LabelledCase.Phantom(settings.Seed);
        var window = ChooseWindow(demoCase, settings, terminal);
        // Before the work, so that a wrong folder does not cost a run.
        Directory.CreateDirectory(settings.Output);

        await using var lease = await _server.OpenAsync(parsed, cancellationToken);
        var run = new DemoRun(demoCase, settings, window);
        try
        {
            await StepTable.ShowAsync(terminal, report => run.PlayAsync(lease.Connection, report, cancellationToken));
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw lease.Connection.Explain(error);
        }

        var result = DemoReport.Of(
            run.ModelId, demoCase.Name, run.Records, demoCase.Image.Data.Length, lease.Connection.Bytes.Up);
        Save(demoCase, run, window, settings, result, terminal);
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(result));
        }

        return 0;
    }

    private static IntensityWindow? ChooseWindow(LabelledCase demoCase, DemoSettings settings, Terminal terminal)
    {
        if (settings.Window is { } given)
        {
            terminal.Say($"{demoCase.Name}: {demoCase.Image.Geometry.Size} voxels, window {given}");
            return given;
        }

        var isCt = demoCase.LowestValue() <= CtBelow;
        terminal.Say(isCt
            ? $"{demoCase.Name}: {demoCase.Image.Geometry.Size} voxels; it looks like CT, so the window is soft tissue, {SoftTissue} HU (--window chooses another)"
            : $"{demoCase.Name}: {demoCase.Image.Geometry.Size} voxels; no window, the model scales each slice by itself (--window sets one)");
        return isCt ? SoftTissue : null;
    }

    private static void Save(LabelledCase demoCase, DemoRun run, IntensityWindow? window, DemoSettings settings, DemoReport result, Terminal terminal)
    {
        var mask = Path.Combine(settings.Output, "mask.nii.gz");
        var sheet = Path.Combine(settings.Output, "contact-sheet.png");
        DemoPictures.WriteMask(mask, run.Mask!, demoCase.Image.Geometry);
        DemoPictures.WriteSheet(
            sheet, demoCase, run.Records, window, FormattableString.Invariant($"{demoCase.Name}  {run.ModelId}  mean dice {result.FinalDice:0.000}"));
        var share = 100.0 * result.SentBytes / Math.Max(1, result.VolumeBytes);
        terminal.Say(FormattableString.Invariant(
            $"mean Dice over the slices after {result.Steps.Count} steps: {result.FinalDice:0.000}; sent {ByteText.Of(result.SentBytes)} of a volume of {ByteText.Of(result.VolumeBytes)} ({share:0.0} %)"));
        terminal.Say($"mask:    {Path.GetFullPath(mask)}");
        terminal.Say($"picture: {Path.GetFullPath(sheet)}");
    }
}
