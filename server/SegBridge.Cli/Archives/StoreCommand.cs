using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Formats;

namespace SegBridge.Cli.Archives;

/// <summary><c>segbridge dicomweb store</c>.</summary>
internal sealed class StoreCommand : TeachingCommand
{
    private readonly ArchiveChoice _archive = new();
    private readonly Argument<string[]> _paths = new("PATH") { Description = "DICOM files, or folders with the folders below them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON to standard output" };

    public StoreCommand()
        : base("store", "Stores files as they are.", DicomWebCommand.Teaching)
    {
        Arguments.Add(_paths);
        _archive.AddTo(this);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        using var client = _archive.Open(parsed, terminal);
        var (instances, unread) = (new List<StoreObject>(), 0);
        foreach (var path in parsed.GetValue(_paths)!.SelectMany(FilesOf))
        {
            try
            {
                instances.Add(StoreObject.OfFile(path));
            }
            catch (VolumeFormatException reason)
            {
                unread++;
                terminal.Say($"not stored: {path}: {reason.Message}");
            }
        }

        if (instances.Count == 0)
        {
            throw new UserException("there is nothing to store: none of the files is a DICOM object");
        }

        var result = await client.StoreAsync(instances, null, cancellation);
        foreach (var failure in result.Failed)
        {
            terminal.Say($"not stored: {failure.SOPInstanceUID}: {failure.Reason}");
        }

        foreach (var stored in result.Stored.Where(stored => stored.Warning is not null))
        {
            terminal.Say($"stored, but {stored.SOPInstanceUID}: {stored.Warning}");
        }

        terminal.Say($"{result.Stored.Count} stored, {result.Failed.Count + unread} not");
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(new
            {
                Stored = result.Stored.Select(stored => new { SopInstanceUid = stored.SOPInstanceUID, stored.Warning }),
                Failed = result.Failed.Select(failure => new { SopInstanceUid = failure.SOPInstanceUID, failure.Reason }),
                NotDicom = unread,
            }));
        }

        return result.Failed.Count + unread == 0 ? 0 : UserException.Failed;
    }

    private static string[] FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw UserException.Usage($"there is no file or folder {path}");
        }

        var files = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
