using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Dicom;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;

namespace SegBridge.Cli.Conversion;

/// <summary><c>segbridge convert</c>: images and segmentations from one kind of file to another, on their exact grid; no server is needed.</summary>
internal sealed class ConvertCommand : TeachingCommand
{
    private readonly SeriesChoice _series = new();
    private readonly DeidentifyChoice _deidentify = new();
    private readonly Argument<string> _input = new("IN") { Description = "A folder of DICOM images, or a file: NIfTI, NRRD, PNG, DICOM image, SEG or RTSTRUCT" };
    private readonly Argument<string> _output = new("OUT") { Description = $"The result: {FileKinds.Names}" };
    private readonly Option<string?> _format = FileKinds.Option();
    private readonly Option<string?> _source = new("--source") { Description = "Folder (or multi-frame file) of the DICOM images that the segmentation in IN lies on", HelpName = "DIR" };
    private readonly Option<SegmentName[]> _segments = SegmentNames.Option();
    private readonly Option<bool> _probabilities = ProbabilityFile.Option(
        "IN is an image with values from 0 to 1, which becomes a fractional DICOM SEG, or IN is such a SEG and becomes an image (of several segments --segment names one)");
    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON to standard output, everything else to standard error" };

    public ConvertCommand()
        : base("convert", "Converts images and segmentations: DICOM series, NIfTI, NRRD, DICOM SEG and RTSTRUCT. No voxel is moved.", """
            Examples:
              segbridge convert ct-folder ct.nii.gz
                  a DICOM series as a volume
              segbridge convert mask.nii.gz seg.dcm --source ct-folder --segment 1=Liver --segment "2=GTV=SCT^108369006^Neoplasm"
                  labels as a DICOM segmentation of the series that they were drawn on
              segbridge convert seg.dcm contours.dcm --format rtstruct --source ct-folder --deidentify
                  a segmentation as an RT structure set, without the patient's identity
              segbridge convert RS.dcm mask.seg.nrrd --source ct-folder
                  contours as labels that 3D Slicer opens as a segmentation
              segbridge convert confidence.nii.gz seg.dcm --probabilities --source ct-folder --segment 1=Liver
                  values from 0 to 1 as a fractional DICOM segmentation; the other way round from it
            """)
    {
        Arguments.Add(_input);
        Arguments.Add(_output);
        foreach (var option in (Option[])[_format, _source, _segments, _probabilities, _json])
        {
            Options.Add(option);
        }

        _series.AddTo(this);
        _deidentify.AddTo(this);
        Validators.Add(result =>
        {
            var (kind, complaint) = result.GetValue(_output) is { } output ? FileKinds.Of(output, result.GetValue(_format)) : default;
            if (complaint is { Length: > 0 })
            {
                result.AddError($"OUT {complaint}");
            }
            else if (kind is { } known && (_deidentify.ComplaintIn(result, known) ?? (result.GetValue(_probabilities) ? ProbabilityFile.ComplaintAt(known) : null)) is { } other)
            {
                result.AddError(other);
            }
        });
        SetAction((parsed, cancellation) =>
        {
            Run(parsed, cancellation);
            return Task.FromResult(0);
        });
    }

    private void Run(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        var (input, output) = (parsed.GetValue(_input)!, parsed.GetValue(_output)!);
        var kind = FileKinds.Require(output, parsed.GetValue(_format));
        if (!Path.Exists(input))
        {
            throw UserException.Usage($"there is no file or folder {input}");
        }

        var isFolder = Directory.Exists(input);
        var dicom = isFolder ? null : SegmentationFile.OpenDicom(input);
        var isImage = isFolder || (dicom is not null && !SegmentationFile.IsSegmentation(dicom));
        var hasProbabilities = parsed.GetValue(_probabilities);
        var isVolume = isImage || (!hasProbabilities && dicom is null && !kind.IsDicom() && !output.EndsWith(".seg.nrrd", StringComparison.OrdinalIgnoreCase) && parsed.GetValue(_source) is null);
        Require(parsed, kind, isImage, isVolume);
        if (isVolume)
        {
            var volume = isImage ? _series.Read(input, parsed, terminal, cancellation).Volume : VolumeFile.Read(input);
            VolumeFile.Write(output, volume);
            Report(terminal, new ConvertReport(input, output, [volume.Geometry.Size.I, volume.Geometry.Size.J, volume.Geometry.Size.K], null));
            return;
        }

        var source = parsed.GetValue(_source) is { } folder ? _series.Read(folder, parsed, terminal, cancellation).Source : null;
        var options = new DerivedObjectOptions { Deidentifier = _deidentify.Of(parsed) };
        if (hasProbabilities)
        {
            Report(terminal, input, output, ProbabilityConversion.Run(input, dicom, output, kind, parsed.GetValue(_segments)!, source, options, cancellation));
            return;
        }

        var segmentation = dicom is null
            ? SegmentationFile.Read(input, source, cancellation)
            : SegmentationFile.Read(dicom, Path.GetFileName(input), source, cancellation);
        var (segments, unknown) = parsed.GetValue(_segments)!.Apply(segmentation.Segments);
        if (unknown is not null)
        {
            throw UserException.Usage($"--segment: {input} has no segment \"{unknown}\"; it has {string.Join(", ", segmentation.Segments.Select(segment => segment.Segment.Label))}");
        }

        segmentation = segmentation with { Segments = segments };
        if (SegmentationFile.Write(output, kind, segmentation, source, options) is { } note)
        {
            terminal.Say($"note: {note}");
        }

        Report(terminal, input, output, segmentation);
    }

    /// <summary>Refuses what contradicts itself or would do nothing.</summary>
    private void Require(ParseResult parsed, FileKind kind, bool isImage, bool isVolume)
    {
        if (isImage && parsed.GetValue(_probabilities))
        {
            throw UserException.Usage("--probabilities is for an image with values from 0 to 1 (NIfTI, NRRD) or a fractional DICOM segmentation; IN holds DICOM images");
        }

        if (isImage && kind.IsDicom())
        {
            throw UserException.Usage("IN is an image; a DICOM segmentation or structure set is made of a segmentation: labels, SEG or RTSTRUCT");
        }

        if (isImage && parsed.GetValue(_source) is not null)
        {
            throw UserException.Usage("--source names the images of a segmentation, and IN is an image itself; leave it out");
        }

        if (isVolume && parsed.GetValue(_segments)!.Length > 0)
        {
            throw UserException.Usage("--segment names segments, which a plain volume has not; write .seg.nrrd, .dcm or --format rtstruct");
        }

        if (!isImage && parsed.GetValue(_source) is null && _series.GivenIn(parsed.CommandResult) is { } option)
        {
            throw UserException.Usage($"{option} chooses from DICOM images; IN is none and --source names none");
        }
    }

    private static void Report(Terminal terminal, string input, string output, Segmentation segmentation)
    {
        var size = segmentation.Grid.Size;
        Report(terminal, new ConvertReport(input, output, [size.I, size.J, size.K], [.. segmentation.Segments.Select(segment => new ConvertedSegment(
            segment.Segment.Label, segment.Segment.Type.Meaning, segment.Mask.Count, Math.Round(segment.Mask.Count * segmentation.Grid.VoxelVolumeMl, 3)))]));
    }

    private static void Report(Terminal terminal, ConvertReport report)
    {
        foreach (var segment in report.Segments ?? [])
        {
            terminal.Say(FormattableString.Invariant($"{segment.Name} ({segment.Type}): {segment.Voxels} voxels, {segment.VolumeMl:0.00} ml"));
        }

        terminal.Say($"written: {Path.GetFullPath(report.Output)}");
        if (terminal.Json)
        {
            terminal.Results.WriteLine(JsonText.Of(report));
        }
    }
}

/// <summary>The line of JSON that <c>convert --json</c> prints.</summary>
/// <param name="Size">Voxels along i, j, k.</param>
/// <param name="Segments">Null for a plain volume.</param>
internal sealed record ConvertReport(string Input, string Output, IReadOnlyList<int> Size, IReadOnlyList<ConvertedSegment>? Segments);

/// <summary>One segment of it.</summary>
internal sealed record ConvertedSegment(string Name, string Type, long Voxels, double VolumeMl);
