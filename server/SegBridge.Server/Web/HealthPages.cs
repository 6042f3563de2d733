using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SegBridge.Server.Services;

namespace SegBridge.Server.Web;

/// <summary>Plain-text pages for orchestrators.</summary>
internal static class HealthPages
{
    private const string PlainText = "text/plain; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes, ServingState serving)
    {
        routes.MapGet("/health/live", context => WriteAsync(context, StatusCodes.Status200OK, "live"));
        routes.MapGet("/health/ready", context => serving.IsServing
            ? WriteAsync(context, StatusCodes.Status200OK, "ready")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping"));
    }

    private static Task WriteAsync(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        return context.Response.WriteAsync(line + "\n");
    }
}
