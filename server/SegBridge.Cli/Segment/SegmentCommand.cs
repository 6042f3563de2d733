using System.CommandLine;
using Grpc.Core;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using Spectre.Console;

namespace SegBridge.Cli.Segment;

/// <summary><c>segbridge segment</c>: a volume and prompts in, a mask out.</summary>
internal sealed class SegmentCommand : TeachingCommand
{
    private const int MaxSegments = 255;
    private static readonly string[] Extensions = [".nii.gz", ".nii", ".nrrd"];

    private readonly ServerChoice _server = new();
    private readonly Option<string> _volume = new("--volume") { Description = "The image: NIfTI, NRRD or grey PNG", HelpName = "FILE", Required = true };
    private readonly Option<string> _prompts = new("--prompts") { Description = "What to prompt; the format is below", HelpName = "FILE", Required = true };
    private readonly Option<string> _output = new("--output") { Description = "The mask: .nii.gz, .nii, .nrrd or .seg.nrrd", HelpName = "FILE", Required = true };
    private readonly Option<string?> _model = new("--model") { Description = "A model's id, see \"segbridge models list\" [default: the server's]", HelpName = "ID" };
    private readonly Option<IntensityWindow?> _window = WindowText.Option("the model scales each slice by itself");
    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON to standard output, everything else to standard error" };

    public SegmentCommand()
        : base("segment", "Segments a volume by prompts from a file. The bricks of the volume that the prompts need are sent, no others.", $$"""
            {{PromptsFile.Format}}
            Examples:
              segbridge segment --volume ct.nii.gz --prompts clicks.json --output mask.nii.gz --window -160,240
                  with a server of its own, which ends with the command
              segbridge segment --server http://127.0.0.1:8710 --volume mr.nrrd --prompts clicks.json --output mask.seg.nrrd
                  with a running server; 3D Slicer opens the .seg.nrrd as a segmentation
            """)
    {
        foreach (var option in (Option[])[_volume, _prompts, _output, _model, _window, _json])
        {
            Options.Add(option);
        }

        _server.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_output) is { } output && !Extensions.Any(e => output.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            {
                result.AddError($"--output must end in .nii.gz, .nii, .nrrd or .seg.nrrd, got \"{output}\"");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        var volume = VolumeFile.Read(parsed.GetValue(_volume)!);
        var steps = PromptsFile.Read(parsed.GetValue(_prompts)!, volume.Geometry);
        var names = steps.Select(step => step.Segment).Distinct().ToArray();
        if (names.Length > MaxSegments)
        {
            throw new UserException($"the prompts have {names.Length} segments; a label file holds at most {MaxSegments}");
        }

        await using var lease = await _server.OpenAsync(parsed, cancellationToken);
        try
        {
            var (segments, report) = await PlayAsync(lease.Connection, volume, steps, names, parsed, terminal, cancellationToken);
            var output = parsed.GetValue(_output)!;
            LabelFile.Write(output, volume.Geometry, segments);
            terminal.Say($"mask: {Path.GetFullPath(output)}");
            if (terminal.Json)
            {
                await terminal.Results.WriteLineAsync(JsonText.Of(report with { Output = output, SentBytes = lease.Connection.Bytes.Up }));
            }
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw lease.Connection.Explain(error);
        }

        return 0;
    }

    private async Task<(IReadOnlyList<(string Id, VolumeMask Mask)> Segments, SegmentReport Report)> PlayAsync(
        ServerConnection connection,
        Volume volume,
        IReadOnlyList<PromptStep> steps,
        IReadOnlyList<string> names,
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancellationToken)
    {
        var axes = steps.Select(step => step.Slice?.Axis ?? Axis.K);
        await using var session = await ClientSession.OpenAsync(
            connection, volume, BrickShape.For(axes), parsed.GetValue(_window), parsed.GetValue(_model), cancellationToken);
        var done = new List<SegmentReportStep>();
        var model = session.ModelId;
        foreach (var step in steps)
        {
            var answer = await BrickProgress.ShowAsync(
                terminal, session.Bricks, () => session.PredictAsync(step.Segment, PromptMessages.Of(step), step.Slice, null, cancellationToken));
            model = answer.ModelId.Length > 0 ? answer.ModelId : model;
            done.Add(new SegmentReportStep(
                done.Count + 1, step.Segment, step.Count, Math.Round(answer.Confidence, 4), answer.VoxelCount, Math.Round(answer.VolumeMl, 3),
                Math.Round(answer.ServerMs, 2), Math.Round(answer.TotalMs, 2), answer.BytesUp, answer.BytesDown));
            terminal.Say(FormattableString.Invariant(
                $"step {done.Count}: segment {step.Segment}, {step.Count} prompts, confidence {answer.Confidence:0.00}, {answer.VolumeMl:0.00} ml, {answer.TotalMs:0} ms, {ByteText.Of(answer.BytesUp)} up"));
        }

        return ([.. names.Select(name => (name, session.MaskOf(name)))], new SegmentReport(model, "", done, 0));
    }
}

/// <summary>The line of JSON that <c>segment --json</c> prints.</summary>
internal sealed record SegmentReport(string Model, string Output, IReadOnlyList<SegmentReportStep> Steps, long SentBytes);

/// <summary>One step of it.</summary>
internal sealed record SegmentReportStep(
    int Step, string Segment, int Prompts, double Confidence, long Voxels, double VolumeMl, double ServerMs, double TotalMs, long BytesUp, long BytesDown);
