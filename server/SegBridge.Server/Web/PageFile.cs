using System.Reflection;
using System.Security.Cryptography;

namespace SegBridge.Server.Web;

/// <summary>One file of the page, as it was built into this assembly.</summary>
internal sealed class PageFile
{
    private static readonly Assembly Assembly = typeof(PageFile).Assembly;
    private readonly string _resource;
    private readonly bool _hasBrotli;

    /// <param name="resource">Of the assembly.</param>
    /// <param name="hasBrotli">There is one compressed, by the same name with ".br".</param>
    /// <param name="path">Where it is served, without the leading slash.</param>
    public PageFile(string resource, bool hasBrotli, string path)
    {
        (_resource, _hasBrotli) = (resource, hasBrotli);
        MediaType = MediaTypeOf(path);
        // Names below assets change with their content.
        CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        using var content = Open(out _, brotli: false);
        ETag = ETagOf(content);
    }

    public string MediaType { get; }

    public string CacheControl { get; }

    public string ETag { get; }

    /// <summary>The bytes to send to a client that takes Brotli, or does not.</summary>
    public Stream Open(out bool isBrotli, bool brotli)
    {
        isBrotli = brotli && _hasBrotli;
        return Assembly.GetManifestResourceStream(isBrotli ? _resource + ".br" : _resource)!;
    }

    public static string ETagOf(Stream content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";

    private static string MediaTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".wasm" => "application/wasm",
        var other => throw new InvalidOperationException($"a file of the page must be .html, .js, .css or .wasm, got {other}"),
    };
}
