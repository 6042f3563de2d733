using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Dicom;

/// <summary><c>segbridge dicom info</c>: what a folder of DICOM files holds; no server is needed.</summary>
internal sealed class DicomCommand : TeachingCommand
{
    private const string Teaching = """
        Examples:
          segbridge dicom info ct-folder
              series, the volumes they make, and why one makes none; segmentations and structure sets; no names of patients
          segbridge dicom info ct-folder --json
              the same for programs
        """;

    public DicomCommand()
        : base("dicom", "Looks into DICOM files.", Teaching)
    {
        Subcommands.Add(Info());
    }

    private static TeachingCommand Info()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder; the folders below it are read too" };
        var json = new Option<bool>("--json") { Description = "Print JSON to standard output" };
        var command = new TeachingCommand("info", "Lists the series of a folder and what can be made of them.", Teaching) { folder, json };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed.GetValue(json));
            var path = parsed.GetValue(folder)!;
            if (!Directory.Exists(path))
            {
                throw UserException.Usage($"there is no folder {path}");
            }

            var facts = FolderFacts.Of(DicomFolder.Read(path, cancellation: cancellation));
            if (terminal.Json)
            {
                terminal.Results.WriteLine(JsonText.Of(facts));
            }
            else
            {
                foreach (var line in facts.Lines())
                {
                    terminal.Say(line);
                }
            }

            return Task.FromResult(facts.Series.Count + facts.Objects.Count > 0 ? 0 : UserException.Failed);
        });
        return command;
    }
}
