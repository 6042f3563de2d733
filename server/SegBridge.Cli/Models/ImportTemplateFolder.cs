using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Models;

/// <summary>Finds the graph templates, which lie beside the bundles.</summary>
internal static class ImportTemplateFolder
{
    /// <summary>The folder given or, without one, that of $SEGBRIDGE_HOME, else the one in a folder above the program.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Resolve(string? given)
    {
        if (given is not null)
        {
            return Directory.Exists(given) ? Path.GetFullPath(given) : throw UserException.Usage($"--templates: there is no folder \"{given}\"");
        }

        var home = Environment.GetEnvironmentVariable("SEGBRIDGE_HOME");
        for (var folder = string.IsNullOrEmpty(home) ? AppContext.BaseDirectory : home; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var templates = Path.Combine(folder, "models", "templates");
            if (Directory.Exists(templates))
            {
                return templates;
            }
        }

        throw UserException.Usage("no folder models/templates was found; name one with --templates DIR");
    }
}
