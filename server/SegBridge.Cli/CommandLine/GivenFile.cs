namespace SegBridge.Cli.CommandLine;

/// <summary>A file that an option names to be read.</summary>
internal static class GivenFile
{
    /// <exception cref="UserException">There is none.</exception>
    public static string Require(string option, string path) =>
        File.Exists(path) ? path : throw UserException.Usage($"{option}: there is no file \"{path}\"");
}
