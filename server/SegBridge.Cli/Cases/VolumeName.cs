namespace SegBridge.Cli.Cases;

/// <summary>Names of files that hold volumes.</summary>
internal static class VolumeName
{
    private static readonly string[] Extensions = [".nii.gz", ".nii", ".nrrd", ".nhdr", ".png", ".hdr", ".img"];

    public static bool IsVolume(string path) => ExtensionOf(path) is not null;

    /// <summary>The file's name without folder and extension.</summary>
    public static string Of(string path) => Path.GetFileName(path)[..^(ExtensionOf(path)?.Length ?? 0)];

    private static string? ExtensionOf(string path) =>
        Array.Find(Extensions, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
