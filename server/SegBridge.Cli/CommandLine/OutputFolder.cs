namespace SegBridge.Cli.CommandLine;

/// <summary>The folder of a file that is written at the end: looked for at the start, before any work is done.</summary>
internal static class OutputFolder
{
    public static bool IsThere(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) is not { } folder || Directory.Exists(folder);

    public static string Missing(string file) => $"must lie in a folder that is there; make \"{Path.GetDirectoryName(Path.GetFullPath(file))}\" first";
}
