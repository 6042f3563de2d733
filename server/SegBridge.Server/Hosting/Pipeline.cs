using Microsoft.AspNetCore.Builder;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Errors;
using SegBridge.Server.Limits;
using SegBridge.Server.Logging;
using SegBridge.Server.Security;
using SegBridge.Server.Services;
using SegBridge.Server.Web;
using Microsoft.Extensions.DependencyInjection;

namespace SegBridge.Server.Hosting;

/// <summary>The way of a request through the server.</summary>
internal static class Pipeline
{
    public static void Use(WebApplication app, ServerOptions options)
    {
        app.UseMiddleware<OriginGuard>(options.KeyFile is not null);
        foreach (var door in options.Doors)
        {
            DoorPort.Map(app, door.Kind, options.KeyFile is not null);
        }

        app.UseRouting();
        // Answers preflights, and marks replies that a page may read.
        app.UseCors();
        app.UseMiddleware<GrpcWebMiddleware>();
        // From here on every call looks like gRPC over HTTP/2. Whatever turns one away is in its log line.
        app.UseMiddleware<CallLogMiddleware>();
        if (options.KeyFile is not null)
        {
            app.UseMiddleware<KeyMiddleware>();
        }

        app.UseMiddleware<CallRateMiddleware>();
        app.UseMiddleware<UnreadableRequestMiddleware>();

        app.MapGrpcService<SessionsService>();
        app.MapGrpcService<ModelsService>();
        app.MapGrpcService<TasksService>();
        app.MapGrpcService<ExportService>();
        app.MapGrpcService<ServerService>();
        app.MapGrpcService<HealthService>();
        HealthPages.Map(app, app.Services.GetRequiredService<ServingState>());
        Page.Map(app, options.Samples);
    }
}
