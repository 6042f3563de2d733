using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Cli.Archives;

/// <summary>The options by which a command finds its DICOMweb archive. Credentials are in a file or in the environment.</summary>
internal sealed class ArchiveChoice
{
    private const string Variable = "SEGBRIDGE_DICOMWEB_AUTH";

    private readonly Option<string?> _archive;
    private readonly Option<string?> _file = FileOption();
    private readonly Option<string?> _authorities = new("--ca-file")
    {
        Description = "PEM file of the authority that vouches for the archive's certificate [default: those of this computer]",
        HelpName = "FILE",
    };

    /// <param name="name">Of the option that names the archive.</param>
    /// <param name="required">Whether there must be one.</param>
    public ArchiveChoice(string name = "--archive", bool required = true) => _archive = new Option<string?>(name)
    {
        Description = $"A DICOMweb archive: its address, such as https://pacs.example/dicom-web, with the credentials in ${Variable} (USER:PASSWORD or \"Bearer TOKEN\"); or a name from --archive-file",
        HelpName = "URL|NAME",
        Required = required,
    };

    /// <summary>The option that names the file which describes archives.</summary>
    public static Option<string?> FileOption() => new("--archive-file")
    {
        Description = "Archives by name: {\"pacs\": {\"url\": \"https://…\", \"user\": \"…\", \"password\": \"…\"}}, or \"token\" for user and password; \"ca_file\" and \"read_only\" besides",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_archive, _file, _authorities])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether an archive was chosen.</summary>
    public bool IsGivenIn(SymbolResult parsed) => parsed.GetValue(_archive) is not null;

    /// <summary>A client of the chosen archive.</summary>
    /// <exception cref="UserException">The archive is not described as it must be.</exception>
    public DicomWebClient Open(ParseResult parsed, Terminal terminal)
    {
        try
        {
            var archive = ArchiveOf(parsed.GetValue(_archive)!, parsed.GetValue(_file));
            if (parsed.GetValue(_authorities) is { } authorities)
            {
                archive = archive with { CertificateAuthorityFile = authorities };
            }

            if (archive.ExposesCredentials)
            {
                terminal.Say("warning: credentials go to this archive without encryption; use its https address if it has one");
            }

            return new DicomWebClient(archive);
        }
        catch (DicomWebConfigurationException wrong)
        {
            throw UserException.Usage(wrong.Message);
        }
    }

    private static DicomWebArchive ArchiveOf(string text, string? file)
    {
        if (file is not null)
        {
            var archives = DicomWebArchiveFile.Read(file);
            return archives.GetValueOrDefault(text)
                ?? throw UserException.Usage($"{file} describes no archive of that name; it has {string.Join(", ", archives.Keys)}");
        }

        return new DicomWebArchive
        {
            Url = DicomWebArchive.ParseUrl(text),
            Credentials = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } credentials ? DicomWebCredentials.Parse(credentials) : null,
        };
    }
}
