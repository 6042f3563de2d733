using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SegBridge.Server.Services;

namespace SegBridge.Server.Web;

/// <summary>Plain-text pages for orchestrators.</summary>
internal static class HealthPages
{
    private const string PlainText = "text/plain; charset=utf-8";

    // Some balancers look by HEAD.
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes, ServingState serving)
    {
        routes.MapMethods("/health/live", Methods, context => WriteAsync(context, StatusCodes.Status200OK, "live"));
        routes.MapMethods("/health/ready", Methods, context => serving.IsServing
            ? WriteAsync(context, StatusCodes.Status200OK, "ready")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping"));
    }

    private static Task WriteAsync(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(line + "\n");
    }
}
