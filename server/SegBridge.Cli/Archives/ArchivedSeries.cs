using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Cli.Archives;

/// <summary>The options by which a command takes its series from an archive, and puts its result there.</summary>
internal sealed class ArchivedSeries
{
    private readonly ArchiveChoice _archive = new("--dicomweb", required: false);
    private readonly Option<string?> _study = new("--study") { Description = "With --dicomweb: the study of --series [default: the archive is asked]", HelpName = "UID" };
    private readonly Option<bool> _store = new("--store") { Description = "With --dicomweb: store the result in the archive too" };

    public void AddTo(Command command)
    {
        _archive.AddTo(command);
        command.Options.Add(_study);
        command.Options.Add(_store);
    }

    public bool IsGivenIn(SymbolResult parsed) => _archive.IsGivenIn(parsed);

    /// <summary>What does not go together, or null.</summary>
    /// <param name="series">The series that was named.</param>
    /// <param name="isDicom">Whether the result is an object that an archive takes.</param>
    public string? ComplaintIn(SymbolResult parsed, string? series, bool isDicom) => (IsGivenIn(parsed), parsed.GetValue(_store)) switch
    {
        (true, _) when series is null => "--dicomweb needs the series, by --series UID",
        (true, true) when !isDicom => "--store is for a result in DICOM: an --output that ends in .dcm, or --format",
        (false, true) => "--store puts the result into the archive of --dicomweb; name it",
        (false, _) when parsed.GetValue(_study) is not null => "--study is for the archive of --dicomweb; name it",
        _ => null,
    };

    /// <summary>The images of a series.</summary>
    /// <exception cref="DicomWebException">The archive cannot be used, or has no such series, or not all of it.</exception>
    public async Task<DicomFolder> FetchAsync(ParseResult parsed, string series, Terminal terminal, CancellationToken cancellation)
    {
        using var client = _archive.Open(parsed, terminal);
        return await SeriesProgressBar.ShowAsync(terminal, async progress => await client.ReadSeriesAsync(
            parsed.GetValue(_study) ?? await client.FindStudyAsync(series, cancellation), series, progress, cancellation));
    }

    /// <summary>Stores the result if that was asked for.</summary>
    /// <exception cref="UserException">The archive does not take it.</exception>
    /// <exception cref="DicomWebException">The archive cannot be used.</exception>
    public async Task StoreAsync(ParseResult parsed, string result, Terminal terminal, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_store))
        {
            return;
        }

        using var client = _archive.Open(parsed, terminal);
        var stored = await client.StoreAsync([StoreObject.OfFile(result)], null, cancellation);
        if (stored.Failed is [var failure])
        {
            throw new UserException($"the archive did not take the result, which is in {Path.GetFullPath(result)}: {failure.Reason}");
        }

        terminal.Say(stored.Stored[0].Warning is { } warning ? $"stored in the archive: {warning}" : "stored in the archive");
    }
}
