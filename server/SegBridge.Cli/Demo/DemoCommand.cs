using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo.Context;
using SegBridge.Cli.Demo.Slices;
using SegBridge.Cli.Demo.Volumes;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo;

/// <summary><c>segbridge demo</c>.</summary>
internal sealed class DemoCommand : TeachingCommand
{
    private readonly ServerChoice _server = new();
    private readonly Option<string> _family = new("--family") { Description = "3d: a tumour in a volume, with choices and a killed server; 2d: slices of it; context: a series of images, each finished one helping the next", HelpName = "3d|2d|context", DefaultValueFactory = _ => "3d" };
    private readonly Option<string?> _volume = new("--volume") { Description = "A volume to segment: NIfTI, NRRD [default: a CT phantom with a tumour, made on the spot]", HelpName = "FILE" };
    private readonly Option<string?> _label = new("--label") { Description = "The truth about the object in --volume, on the same grid", HelpName = "FILE" };
    private readonly Option<int?> _labelValue = new("--label-value") { Description = "The label's value of the object [default: anything but 0; context: the lowest]", HelpName = "N" };
    private readonly Option<IntensityWindow?> _window = WindowText.Option("soft tissue for what looks like CT, else the model scales each slice by itself");
    private readonly Option<string?> _protocol = new("--protocol") { Description = "How the simulated radiologist prompts: prism-… in 3D, the others on slices [default: prism-ultra, centerline-scribbles, center-clicks]" };
    private readonly Option<int?> _steps = WholeNumber.Optional("--steps", "Steps, on each slice [default: 6 in 3D, 5 in 2D; context: until Dice 0.90, at most 10]", 1, 100);
    private readonly Option<int?> _slices = WholeNumber.Optional("--slices", "Slices across the object at most, to show (3d, default 3) or to prompt on (2d, default 5)", 1, 100);
    private readonly Option<string?> _data = new("--data") { Description = $"context: folder with images/, labels/ and dataset.json [default: {ContextData.Usual} of the test data]", HelpName = "DIR" };
    private readonly Option<int> _limit = WholeNumber.Option("--limit", "context: cases at most", 15, 2, 1000);
    private readonly Option<int> _seed = new("--seed") { Description = "Chance of phantom and prompts; the same seed plays the same demo", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _model = new("--model") { Description = "A model's id, see \"segbridge models list\" [default: the server's, or its first of the family]", HelpName = "ID" };
    private readonly Option<string> _output = new("--output") { Description = "Folder for contact-sheet.png and, with 3d and 2d, mask.nii.gz", HelpName = "DIR", DefaultValueFactory = _ => "demo-output" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON to standard output, everything else to standard error" };

    public DemoCommand()
        : base("demo", "Watches a simulated radiologist segment a tumour through a real server: a live table, the mask, and a picture of every step.", """
            Examples:
              segbridge demo
                  segments the tumour of a made CT in 3D, kills its server in the middle and goes on; look at demo-output/contact-sheet.png
              segbridge demo --family 2d --protocol center-clicks --steps 10
                  slice by slice with one click a step
              segbridge demo --family context --data ../shared/data/open/msd_hippocampus_mr
                  fifteen cases, one after the other, with and without the finished ones as context
              segbridge demo --volume ct.nii.gz --label tumour.nii.gz --json
                  a case of yours; the last line is JSON with Dice, milliseconds and bytes of each step
              segbridge demo --server http://127.0.0.1:8710
                  plays against a server that runs already
            """)
    {
        _family.AcceptOnlyFromAmong("3d", "2d", "context");
        _protocol.AcceptOnlyFromAmong([.. VolumeRadiologist.Names, .. Radiologist.Names]);
        foreach (var option in (Option[])[
            _family, _volume, _label, _labelValue, _window, _protocol, _steps, _slices, _data, _limit, _seed, _model, _output, _json])
        {
            Options.Add(option);
        }

        _server.AddTo(this);
        Validators.Add(Check);
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
            Protocol = parsed.GetValue(_protocol),
            Steps = parsed.GetValue(_steps),
            Slices = parsed.GetValue(_slices),
            Data = parsed.GetValue(_data),
            Limit = parsed.GetValue(_limit),
            Seed = parsed.GetValue(_seed),
            Model = parsed.GetValue(_model),
            Output = parsed.GetValue(_output)!,
        };
        var terminal = new Terminal(parsed.GetValue(_json));
        DemoFamily family = parsed.GetValue(_family) switch
        {
            "2d" => new SliceDemo(settings, terminal),
            "context" => new ContextDemo(settings, terminal),
            _ => new VolumeDemo(settings, terminal),
        };
        // Before the work, so that a wrong folder does not cost a run.
        Directory.CreateDirectory(settings.Output);
        var scratch = Directory.CreateTempSubdirectory("segbridge-demo-");
        try
        {
            await PlayAsync(family, parsed, scratch.FullName, cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return 0;
    }

    private async Task PlayAsync(DemoFamily family, ParseResult parsed, string scratch, CancellationToken cancellationToken)
    {
        await using var lease = await _server.OpenAsync(parsed, cancellationToken, [.. family.ServerOptions(scratch)]);
        try
        {
            await family.PlayAsync(lease, cancellationToken);
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw lease.Connection.Explain(error);
        }
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_volume) is null != result.GetValue(_label) is null)
        {
            result.AddError("--volume and --label belong together: give both, or neither for the phantom");
        }

        // As written: what is no family or no protocol at all is reported by the options themselves.
        string? Written(Option option) => result.GetResult(option)?.Tokens is [var token] ? token.Value : null;
        var family = Written(_family) ?? "3d";
        var (right, wrong) = family == "3d" ? (VolumeRadiologist.Names, Radiologist.Names) : (Radiologist.Names, VolumeRadiologist.Names);
        if (Written(_protocol) is { } protocol && wrong.Contains(protocol))
        {
            result.AddError($"--protocol {protocol} does not suit --family {family}, which takes {string.Join(" or ", right)}");
        }
    }
}
