using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.NnInteractive;

/// <summary>The door for nnInteractive's clients.</summary>
internal sealed class NnInteractiveDoor : IDoor
{
    public void Map(DoorRoutes routes) => routes.MapGet("/healthz", call => call.WriteJsonAsync(new { Ok = true }), needsKey: false);

    public Task RefuseAsync(DoorCall call, DoorFault fault) => call.WriteJsonAsync(new { Detail = fault.Message }, fault.Status);
}
