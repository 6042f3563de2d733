using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SegBridge.Server.Mapping;
using SegBridge.Server.Services;

namespace SegBridge.Server.Web;

/// <summary>Plain-text pages for orchestrators and for people who open the address in a browser.</summary>
internal static class HealthPages
{
    private const string PlainText = "text/plain; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes, ServingState serving)
    {
        routes.MapGet("/", context => WriteAsync(
            context, StatusCodes.Status200OK, $"SegBridge {SessionMapping.ServerVersion}: interactive segmentation over gRPC and gRPC-Web; see /health/ready"));
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
