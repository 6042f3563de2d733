using System.CommandLine;

namespace SegBridge.Cli.CommandLine;

/// <summary>Finds the folder of model bundles.</summary>
internal static class ModelFolder
{
    /// <summary>A folder of this SegBridge: $SEGBRIDGE_HOME, else the program's.</summary>
    public static string Home => Environment.GetEnvironmentVariable("SEGBRIDGE_HOME") is { Length: > 0 } home ? home : AppContext.BaseDirectory;

    public static Option<string?> Option() => new("--models")
    {
        Description = "Folder of model bundles [default: models/bundles of this SegBridge]",
        HelpName = "DIR",
    };

    /// <summary>The folder given or, without one, that of $SEGBRIDGE_HOME, else the one in a folder above the program.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Resolve(string? given)
    {
        if (given is not null)
        {
            return Directory.Exists(given)
                ? Path.GetFullPath(given)
                : throw UserException.Usage($"--models: there is no folder \"{given}\"");
        }

        for (string? folder = Home; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var bundles = Path.Combine(folder, "models", "bundles");
            if (Directory.Exists(bundles))
            {
                return bundles;
            }
        }

        throw UserException.Usage("no folder models/bundles was found; name one with --models DIR");
    }
}
