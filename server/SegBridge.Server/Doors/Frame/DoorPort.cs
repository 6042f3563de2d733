using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Hosting;
using SegBridge.Server.Limits;
using SegBridge.Server.Security;

namespace SegBridge.Server.Doors.Frame;

/// <summary>Takes the calls on a door's port out of the server's own way.</summary>
internal static class DoorPort
{
    public const string CorsPolicy = "doors";

    /// <summary>Marks all connections to a port as the door's.</summary>
    public static void Mark(ListenOptions listen, DoorKind kind) => listen.Use(next => connection =>
    {
        connection.Features.Set(new DoorConnection(kind));
        return next(connection);
    });

    public static void Map(IApplicationBuilder app, DoorKind kind, bool asksForKeys) => app.MapWhen(
        context => context.Features.Get<DoorConnection>()?.Kind == kind,
        branch =>
        {
            branch.UseCors(CorsPolicy);
            var services = branch.ApplicationServices;
            var pipeline = new DoorPipeline(
                kind,
                DoorCatalogue.Of(kind, services),
                asksForKeys ? services.GetRequiredService<KeyGate>() : null,
                services.GetRequiredService<CallRateLimit>(),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<DoorPipeline>>());
            branch.Run(pipeline.InvokeAsync);
        });

    private sealed record DoorConnection(DoorKind Kind);
}
