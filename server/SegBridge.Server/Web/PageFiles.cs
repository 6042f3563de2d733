using System.Collections.Frozen;

namespace SegBridge.Server.Web;

/// <summary>The page for browsers: its files by the path where they are served. Empty where the build had no npm packages.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";
    private const string Brotli = ".br";

    public static FrozenDictionary<string, PageFile> All { get; } = Read();

    private static FrozenDictionary<string, PageFile> Read()
    {
        var names = typeof(PageFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet();
        return names.Where(name => !name.EndsWith(Brotli, StringComparison.Ordinal))
            .Select(name => (Name: name, Path: name[Prefix.Length..].Replace('\\', '/')))
            .ToFrozenDictionary(file => file.Path, file => new PageFile(file.Name, names.Contains(file.Name + Brotli), file.Path));
    }
}
