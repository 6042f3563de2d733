using System.Net;
using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Web;

/// <summary>
/// Turns requests away that a web page of another origin makes, unless the operator allowed it. Browsers say where a
/// page comes from; other programs send no origin and pass. A page that the server itself serves is told by its origin
/// being the address asked for, which must be an IP address or localhost: a foreign name that resolves to this computer
/// (DNS rebinding) does not count.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, AllowedOrigins allowed)
{
    public Task InvokeAsync(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || allowed.Contains(origin) || IsOwn(origin, context.Request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Web pages of this origin may not call this server; its operator can allow the origin.\n");
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        && (IPAddress.TryParse(request.Host.Host, out _) || string.Equals(request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase));
}
