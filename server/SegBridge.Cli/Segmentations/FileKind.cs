using System.CommandLine;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Segmentations;

/// <summary>What a result is written as.</summary>
internal enum FileKind
{
    Nifti,
    Nrrd,
    Seg,
    RtStruct,
}

/// <summary>Which kind a file is to be: what <c>--format</c> says, else what its name ends in.</summary>
internal static class FileKinds
{
    /// <summary>What the help says about names.</summary>
    public const string Names = ".nii.gz, .nii, .nrrd, .seg.nrrd, or .dcm for DICOM SEG";

    private static readonly (string Ending, FileKind Kind)[] Endings =
        [(".nii.gz", FileKind.Nifti), (".nii", FileKind.Nifti), (".nrrd", FileKind.Nrrd), (".dcm", FileKind.Seg)];

    public static Option<string?> Option()
    {
        var option = new Option<string?>("--format")
        {
            Description = "nifti, nrrd, seg (DICOM Segmentation) or rtstruct (DICOM RT Structure Set) [default: by the name's ending; .dcm is seg]",
            HelpName = "KIND",
        };
        return option.AcceptOnlyFromAmong("nifti", "nrrd", "seg", "rtstruct");
    }

    public static bool IsDicom(this FileKind kind) => kind is FileKind.Seg or FileKind.RtStruct;

    /// <param name="format">What <c>--format</c> says, or null.</param>
    /// <returns>The kind, or what is wrong with the two.</returns>
    public static (FileKind? Kind, string Complaint) Of(string path, string? format)
    {
        var ending = Endings.FirstOrDefault(entry => path.EndsWith(entry.Ending, StringComparison.OrdinalIgnoreCase));
        FileKind? named = ending.Ending is null ? null : ending.Kind;
        FileKind? asked = format is null ? null : Enum.Parse<FileKind>(format, ignoreCase: true);
        return (asked, named) switch
        {
            (null, null) => (null, $"must end in {Names}, got \"{path}\""),
            _ when !OutputFolder.IsThere(path) => (null, OutputFolder.Missing(path)),
            (null, _) => (named, ""),
            (FileKind.Nifti or FileKind.Nrrd, _) when named != asked => (null, $"of --format {format} must end in {Ends(asked.Value)}, got \"{path}\""),
            (FileKind.Seg or FileKind.RtStruct, FileKind.Nifti or FileKind.Nrrd) => (null, $"of --format {format} must end in .dcm, got \"{path}\""),
            _ => (asked, ""),
        };
    }

    /// <exception cref="UserException">Name and format do not fit each other.</exception>
    public static FileKind Require(string path, string? format) =>
        Of(path, format) is { Kind: { } kind } ? kind : throw UserException.Usage($"the output {Of(path, format).Complaint}");

    private static string Ends(FileKind kind) => string.Join(" or ", Endings.Where(entry => entry.Kind == kind).Select(entry => entry.Ending));
}
