using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using SegBridge.Cli.Archives;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Dicom;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
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
    private readonly ServerChoice _server = new();
    private readonly SeriesChoice _series = new();
    private readonly DeidentifyChoice _deidentify = new();
    private readonly Option<string?> _volume = new("--volume") { Description = "The image: NIfTI, NRRD or grey PNG", HelpName = "FILE" };
    private readonly Option<string?> _dicom = new("--dicom") { Description = "Instead of --volume: a folder with a DICOM series, or a multi-frame file", HelpName = "DIR" };
    private readonly ArchivedSeries _archived = new();
    private readonly Option<string> _prompts = new("--prompts") { Description = "What to prompt; the format is below", HelpName = "FILE", Required = true };
    private readonly Option<string?> _mask = new("--mask") { Description = "Segments to start from, on the image's voxels, by the names that the prompts use (a single one goes to their first): NIfTI, NRRD, SEG or RTSTRUCT", HelpName = "FILE" };
    private readonly Option<string> _output = new("--output") { Description = $"The result: {FileKinds.Names}", HelpName = "FILE", Required = true };
    private readonly Option<string?> _format = FileKinds.Option();
    private readonly Option<SegmentName[]> _names = SegmentNames.Option();
    private readonly Option<bool> _probabilities = ProbabilityFile.Option("Write how likely each voxel belongs to the segments, not their masks: fractional DICOM SEG, or an image of one segment");
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
              segbridge segment --dicom ct-folder --prompts clicks.json --output seg.dcm --segment 1=Liver
                  a DICOM series in, a DICOM segmentation of it out; --format rtstruct writes contours
              segbridge segment --dicomweb https://pacs.example/dicom-web --series 1.2.3 --prompts clicks.json --output seg.dcm --store
                  a series from an archive, and its segmentation back into it
              segbridge segment --dicom ct-folder --mask seg.dcm --prompts corrections.json --output better.dcm
                  goes on from an earlier segmentation
            """)
    {
        foreach (var option in (Option[])[_volume, _dicom, _prompts, _mask, _output, _format, _names, _probabilities, _model, _window, _json])
        {
            Options.Add(option);
        }

        _archived.AddTo(this);
        _series.AddTo(this);
        _deidentify.AddTo(this);
        _server.AddTo(this);
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        var prompts = GivenFile.Require("--prompts", parsed.GetValue(_prompts)!);
        var series = parsed.GetValue(_dicom) is { } folder ? _series.Read(folder, parsed, terminal, cancellationToken)
            : _archived.IsGivenIn(parsed.CommandResult) ? _series.Read(
                (await _archived.FetchAsync(parsed, parsed.GetValue(_series.Series)!, terminal, cancellationToken)).Series(), "the archive", parsed, terminal, cancellationToken)
            : null;
        var volume = series?.Volume ?? VolumeFile.Read(GivenFile.Require("--volume", parsed.GetValue(_volume)!));
        var steps = PromptsFile.Read(prompts, volume.Geometry);
        var names = steps.Select(step => step.Segment).Distinct().ToArray();
        if (names.Length > LabelFile.MaxSegments)
        {
            throw new UserException($"the prompts have {names.Length} segments; a file holds at most {LabelFile.MaxSegments}");
        }

        if (parsed.GetValue(_names)!.FirstOrDefault(name => !names.Contains(name.Id)) is { } unknown)
        {
            throw UserException.Usage($"--segment: the prompts have no segment \"{unknown.Id}\"; they have {string.Join(", ", names)}");
        }

        var initial = InitialMasks.Read(parsed.GetValue(_mask), names, volume.Geometry, series?.Source, cancellationToken);
        var options = new DerivedObjectOptions { Deidentifier = _deidentify.Of(parsed) };
        await using var lease = await _server.OpenAsync(parsed, cancellationToken);
        try
        {
            var played = new PlayedVolume(volume, series?.Modality ?? Modality.Unknown, steps, initial);
            var (masks, probabilities, report) = await PlayAsync(lease.Connection, played, names, parsed, terminal, cancellationToken);
            var algorithm = await AlgorithmOfAsync(lease.Connection, report.Model, cancellationToken);
            var (segments, _) = parsed.GetValue(_names)!.Apply([.. masks.Select(segment => new SegmentMask(DicomSegment.Of(segment.Id, "") with { Algorithm = algorithm }, segment.Mask))]);
            var output = parsed.GetValue(_output)!;
            var kind = FileKinds.Require(output, parsed.GetValue(_format));
            if (probabilities.Count > 0)
            {
                var maps = segments.Zip(probabilities, (segment, image) => ProbabilityFile.Of(segment.Segment, image, "the server's answer"));
                ProbabilityFile.Write(output, kind, volume.Geometry, [.. maps], series?.Source, options);
            }
            else if (SegmentationFile.Write(output, kind, new Segmentation(volume.Geometry, segments), series?.Source, options) is { } note)
            {
                terminal.Say($"note: {note}");
            }

            terminal.Say($"{(probabilities.Count > 0 ? "probabilities" : "mask")}: {Path.GetFullPath(output)}");
            await _archived.StoreAsync(parsed, output, terminal, cancellationToken);
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

    private async Task<(IReadOnlyList<(string Id, VolumeMask Mask)> Segments, IReadOnlyList<Volume> Probabilities, SegmentReport Report)> PlayAsync(
        ServerConnection connection,
        PlayedVolume played,
        IReadOnlyList<string> names,
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancellationToken)
    {
        var axes = played.Steps.Select(step => step.Slice?.Axis ?? Axis.K);
        await using var session = await ClientSession.OpenAsync(
            connection, played.Volume, BrickShape.For(axes), parsed.GetValue(_window), parsed.GetValue(_model), cancellationToken, played.Modality);
        foreach (var (segment, mask) in played.Initial)
        {
            await session.PredictAsync(segment, [new V1.Prompt { Mask = new V1.MaskPrompt { Mask = mask.Read(mask.BoundingBox).ToWire() } }], null, null, cancellationToken);
        }

        var done = new List<SegmentReportStep>();
        var model = session.ModelId;
        foreach (var step in played.Steps)
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

        var probabilities = new List<Volume>();
        foreach (var name in parsed.GetValue(_probabilities) ? names : [])
        {
            probabilities.Add(await session.ProbabilitiesOfAsync(name, cancellationToken));
        }

        return ([.. names.Select(name => (name, session.MaskOf(name)))], probabilities, new SegmentReport(model, "", done, 0));
    }

    private static async Task<SegmentationAlgorithm> AlgorithmOfAsync(ServerConnection connection, string modelId, CancellationToken cancellationToken)
    {
        var model = await connection.Models.GetModelAsync(new V1.GetModelRequest { ModelId = modelId }, cancellationToken: cancellationToken);
        return new SegmentationAlgorithm(model.Id, model.Version, model.WeightsSha256.Length > 0 ? $"weights sha256:{model.WeightsSha256}" : null);
    }

    private void Check(CommandResult result)
    {
        var isArchived = _archived.IsGivenIn(result);
        var (output, hasDicom) = (result.GetValue(_output), isArchived || result.GetValue(_dicom) is not null);
        var kind = output is null ? default : FileKinds.Of(output, result.GetValue(_format));
        if (output is not null && kind.Kind is null)
        {
            result.AddError($"--output {kind.Complaint}");
        }

        if (hasDicom == result.GetValue(_volume) is not null || (isArchived && result.GetValue(_dicom) is not null))
        {
            result.AddError("give the image by one of --volume FILE, --dicom DIR and --dicomweb URL");
        }

        if (_archived.ComplaintIn(result, result.GetValue(_series.Series), kind.Kind?.IsDicom() == true) is { } wrong)
        {
            result.AddError(wrong);
        }

        if (!hasDicom && kind.Kind?.IsDicom() == true)
        {
            result.AddError("a DICOM result belongs to DICOM images; give them with --dicom DIR");
        }

        if (!hasDicom && _series.GivenIn(result) is { } option)
        {
            result.AddError($"{option} chooses from DICOM images; give them with --dicom DIR");
        }

        if (kind.Kind is { } known && (_deidentify.ComplaintIn(result, known) ?? (result.GetValue(_probabilities) ? ProbabilityFile.ComplaintAt(known) : null)) is { } complaint)
        {
            result.AddError(complaint);
        }
    }

    /// <summary>What is played: steps of prompts on a volume, from segments that are there already.</summary>
    private sealed record PlayedVolume(
        Volume Volume, Modality Modality, IReadOnlyList<PromptStep> Steps, IReadOnlyList<(string Segment, VolumeMask Mask)> Initial);
}

/// <summary>The line of JSON that <c>segment --json</c> prints.</summary>
internal sealed record SegmentReport(string Model, string Output, IReadOnlyList<SegmentReportStep> Steps, long SentBytes);

/// <summary>One step of it.</summary>
internal sealed record SegmentReportStep(
    int Step, string Segment, int Prompts, double Confidence, long Voxels, double VolumeMl, double ServerMs, double TotalMs, long BytesUp, long BytesDown);
