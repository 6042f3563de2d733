using System.CommandLine;
using SegBridge.Cli.Archives;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Cli.Serve;

/// <summary>The archives that clients of a server may open sessions from, by name.</summary>
internal sealed class ServedArchives
{
    private readonly Option<string[]> _archives = new("--archive")
    {
        Description = "A DICOMweb archive that asks for no credentials, from which clients may open series and store results, under this name, such as pacs=https://pacs.example/dicom-web; may be repeated",
        HelpName = "NAME=URL",
    };

    private readonly Option<string?> _file = ArchiveChoice.FileOption();

    public IEnumerable<Option> Options => [_archives, _file];

    /// <summary>All of them by their names.</summary>
    /// <exception cref="UserException">One is not described as it must be, or twice.</exception>
    public IReadOnlyDictionary<string, DicomWebArchive> ArchivesOf(ParseResult parsed)
    {
        try
        {
            var archives = parsed.GetValue(_file) is { } file ? new Dictionary<string, DicomWebArchive>(DicomWebArchiveFile.Read(file)) : [];
            foreach (var text in parsed.GetValue(_archives) ?? [])
            {
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                var name = DicomWebArchiveFile.RequireName(text[..Math.Max(0, equals)]);
                if (!archives.TryAdd(name, new DicomWebArchive { Url = DicomWebArchive.ParseUrl(text[(equals + 1)..]) }))
                {
                    throw UserException.Usage($"the archive {name} is named twice");
                }
            }

            return archives;
        }
        catch (DicomWebConfigurationException wrong)
        {
            throw UserException.Usage(wrong.Message);
        }
    }
}
