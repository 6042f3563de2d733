using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Archives;

/// <summary><c>segbridge dicomweb get</c>.</summary>
internal sealed class GetCommand : TeachingCommand
{
    private readonly ArchiveChoice _archive = new();
    private readonly Option<string?> _study = new("--study") { Description = "The study of the series [default: the archive is asked]", HelpName = "UID" };
    private readonly Option<string> _series = new("--series") { Description = "The series", HelpName = "UID", Required = true };
    private readonly Option<string> _output = new("--output") { Description = "Folder for its images, one file each, named by their SOP Instance UID; made when it does not exist", HelpName = "DIR", Required = true };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON to standard output" };

    public GetCommand()
        : base("get", "Fetches all images of a series.", DicomWebCommand.Teaching)
    {
        _archive.AddTo(this);
        foreach (var option in (Option[])[_study, _series, _output, _json])
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        using var client = _archive.Open(parsed, terminal);
        var series = parsed.GetValue(_series)!;
        var folder = Directory.CreateDirectory(parsed.GetValue(_output)!).FullName;
        var (count, bytes) = (0, 0L);
        void Write(DicomFile file, ReadOnlyMemory<byte> content)
        {
            File.WriteAllBytes(Path.Combine(folder, file.Dataset.GetString(DicomTag.SOPInstanceUID) + ".dcm"), content.Span);
            (count, bytes) = (count + 1, bytes + content.Length);
        }

        var failures = await SeriesProgressBar.ShowAsync(terminal, async progress => await client.RetrieveSeriesAsync(
            parsed.GetValue(_study) ?? await client.FindStudyAsync(series, cancellation), series, Write, forPixels: false, progress, cancellation));
        foreach (var failure in failures)
        {
            terminal.Say($"not fetched: {failure.SOPInstanceUID}: {failure.Reason}");
        }

        terminal.Say($"{count} images, {ByteText.Of(bytes)}, in {folder}");
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(new
            {
                Folder = folder, Images = count, Bytes = bytes, Failed = failures.Select(failure => new { SopInstanceUid = failure.SOPInstanceUID, failure.Reason }),
            }));
        }

        return failures.Count == 0 ? 0 : UserException.Failed;
    }
}
