using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SegBridge.Server.Web;

/// <summary>Serves the page for browsers and the samples that it offers. Both are public: they hold nothing of anybody.</summary>
internal static class Page
{
    // NiiVue keeps its font as a data URL; the reader of DICOM is WebAssembly in a worker.
    private const string Policy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' data:; "
        + "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Missing =
        "<!doctype html><meta charset=utf-8><title>SegBridge</title><p>SegBridge is running, but this build has no page for browsers: "
        + "npm could not fetch its packages. "
        + "With npm's registry in reach (behind a proxy: <code>npm config set proxy URL</code>), run <code>./segbridge setup</code> and start the server again.\n";

    public static void Map(IEndpointRouteBuilder routes, IReadOnlyDictionary<string, Func<byte[]>> samples)
    {
        foreach (var (path, file) in PageFiles.All)
        {
            Get(routes, path == "index.html" ? "/" : "/" + path, context => SendAsync(context, file));
        }

        if (PageFiles.All.Count == 0)
        {
            Get(routes, "/", context => SendMissingAsync(context));
        }

        foreach (var (name, make) in samples)
        {
            var sample = new Lazy<(byte[] Bytes, string ETag)>(() => Tagged(make()));
            Get(routes, "/samples/" + name, context => SendAsync(context, sample.Value.Bytes, sample.Value.ETag));
        }
    }

    /// <summary>Whether a request reads a file of the page: the same for everybody.</summary>
    public static bool IsFile(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path.Value is { Length: > 1 } path && PageFiles.All.ContainsKey(path[1..]);

    private static void Get(IEndpointRouteBuilder routes, string path, RequestDelegate send) =>
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], send);

    private static Task SendAsync(HttpContext context, PageFile file)
    {
        var (request, response) = (context.Request, context.Response);
        AddRules(response, file.MediaType, file.CacheControl, file.ETag);
        response.Headers.Vary = "accept-encoding";
        if (IsKnown(request, file.ETag))
        {
            return NotModified(response);
        }

        var content = file.Open(out var isBrotli, TakesBrotli(request));
        if (isBrotli)
        {
            response.Headers.ContentEncoding = "br";
        }

        return SendAsync(context, content);
    }

    private static bool TakesBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static Task SendAsync(HttpContext context, byte[] bytes, string tag)
    {
        AddRules(context.Response, "application/octet-stream", "no-cache", tag);
        return IsKnown(context.Request, tag) ? NotModified(context.Response) : SendAsync(context, new MemoryStream(bytes));
    }

    private static async Task SendAsync(HttpContext context, Stream content)
    {
        await using (content)
        {
            context.Response.ContentLength = content.Length;
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
    }

    private static Task SendMissingAsync(HttpContext context)
    {
        AddRules(context.Response, "text/html; charset=utf-8", "no-cache", null);
        return context.Response.WriteAsync(Missing);
    }

    private static void AddRules(HttpResponse response, string mediaType, string cacheControl, string? tag)
    {
        response.ContentType = mediaType;
        var headers = response.Headers;
        headers.CacheControl = cacheControl;
        headers.ETag = tag;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static bool IsKnown(HttpRequest request, string tag) => request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal);

    private static Task NotModified(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private static (byte[] Bytes, string ETag) Tagged(byte[] bytes) => (bytes, PageFile.ETagOf(new MemoryStream(bytes)));
}
