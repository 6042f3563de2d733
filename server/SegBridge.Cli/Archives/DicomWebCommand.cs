namespace SegBridge.Cli.Archives;

/// <summary><c>segbridge dicomweb</c>: finds, fetches and stores in an archive; no server is needed.</summary>
internal sealed class DicomWebCommand : CommandLine.TeachingCommand
{
    /// <summary>Of the command and of all that belong to it.</summary>
    public const string Teaching = """
        Examples:
          export SEGBRIDGE_DICOMWEB_AUTH=reader:secret
          segbridge dicomweb find --archive https://pacs.example/dicom-web --match PatientID=4711
              the studies of a patient; --study UID lists its series, --series UID besides their images
          segbridge dicomweb get --archive https://pacs.example/dicom-web --series 1.2.3 --output ct-folder
              all images of a series, as they are stored
          segbridge dicomweb store --archive pacs --archive-file archives.json segmentation.dcm
              with address and credentials from a file
        """;

    public DicomWebCommand()
        : base("dicomweb", "Finds, fetches and stores DICOM in an archive that speaks DICOMweb.", Teaching)
    {
        Subcommands.Add(new FindCommand());
        Subcommands.Add(new GetCommand());
        Subcommands.Add(new StoreCommand());
    }
}
