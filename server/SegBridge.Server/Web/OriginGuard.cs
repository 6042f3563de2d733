using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Web;

/// <summary>
/// Turns requests away that a web page of another origin makes, unless the operator allowed it. Browsers say where a
/// page comes from; other programs send no origin and pass. A page that the server itself serves is told by its origin
/// being the address asked for. A foreign name that resolves to this computer (DNS rebinding) makes the two equal as well,
/// so the name must stand for this server: over TLS the browser has compared it with the certificate; where keys are asked
/// for, a foreign page has none; else it must be an IP address or one of this computer's own names. The page's own files,
/// which say nothing of anybody, come to all, so that the page can show why it is turned away.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, AllowedOrigins allowed, bool asksForKeys)
{
    public Task InvokeAsync(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || allowed.Contains(origin) || IsOwn(origin, context.Request) || Page.IsFile(context.Request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(
            $"web pages of {origin} may not call this server; open its own page by an IP address, or ask its operator to start it with --allow-origin {origin}\n");
    }

    private bool IsOwn(string origin, HttpRequest request) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        && (request.IsHttps || asksForKeys || OwnNames.Contain(request.Host.Host));
}
