using System.Text.Json;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Server.Doors.NnInteractive.Legacy;
using SegBridge.Server.Doors.NnInteractive.V2;
using SegBridge.Sessions;

namespace SegBridge.Server.Doors.NnInteractive;

/// <summary>
/// The door for nnInteractive's clients, of the first protocol and of the second. Four paths belong to both; which one is meant is
/// told by what is sent: names of fields, or a form.
/// </summary>
internal sealed class NnInteractiveDoor : IDoor, IDisposable
{
    private readonly LeaseTable _leases;
    private readonly V2Door _v2;
    private readonly LegacyDoor _legacy;

    public NnInteractiveDoor(SessionManager sessions, DoorImages images, DoorClients clients, SessionOptions limits, TimeProvider clock)
    {
        _leases = new LeaseTable(sessions, limits, clock);
        (_v2, _legacy) = (new V2Door(sessions, images, _leases, limits), new LegacyDoor(sessions, images, clients));
    }

    public void Map(DoorRoutes routes)
    {
        _v2.Map(routes);
        _legacy.Map(routes);
        routes.MapPost("/add_point_interaction", call => ByFieldAsync<PointMessage, LegacyPointMessage>(call, "voxel_coord", _v2.AddPointAsync, _legacy.AddPointAsync));
        routes.MapPost("/add_bbox_interaction", call => ByFieldAsync<BoxMessage, LegacyBoxMessage>(call, "outer_point_one", _v2.AddBoxAsync, _legacy.AddBoxAsync));
        routes.MapPost("/add_scribble_interaction", call => IsForm(call) ? _legacy.AddDrawnAsync(call, isLasso: false) : _v2.AddDrawnAsync(call, isLasso: false));
        routes.MapPost("/add_lasso_interaction", call => IsForm(call) ? _legacy.AddDrawnAsync(call, isLasso: true) : _v2.AddDrawnAsync(call, isLasso: true));
    }

    public Task RefuseAsync(DoorCall call, DoorFault fault)
    {
        if (fault.RetryAfter is { } wait)
        {
            call.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return call.WriteJsonAsync(new { Detail = fault.Message }, fault.Status);
    }

    public void Dispose() => _leases.Dispose();

    private static async Task ByFieldAsync<TSecond, TFirst>(
        DoorCall call, string legacyField, Func<DoorCall, TSecond, Task> second, Func<DoorCall, TFirst, Task> first)
    {
        var body = await call.ReadJsonAsync<JsonElement>();
        var isLegacy = !V2Door.HasLease(call) && body.ValueKind == JsonValueKind.Object && body.TryGetProperty(legacyField, out _);
        await (isLegacy ? first(call, DoorCall.ParseJson<TFirst>(body)) : second(call, DoorCall.ParseJson<TSecond>(body)));
    }

    private static bool IsForm(DoorCall call) =>
        call.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true && !V2Door.HasLease(call);
}
