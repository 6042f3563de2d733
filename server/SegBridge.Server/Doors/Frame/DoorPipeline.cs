using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using SegBridge.Server.Errors;
using SegBridge.Server.Hosting;
using SegBridge.Server.Limits;
using SegBridge.Server.Logging;
using SegBridge.Server.Security;

namespace SegBridge.Server.Doors.Frame;

/// <summary>The way of a call through a door: key, rate, the dialect's handler, its errors, and one line in the log.</summary>
internal sealed class DoorPipeline
{
    private readonly string _name;
    private readonly IDoor _door;
    private readonly DoorRoutes _routes = new();
    private readonly KeyGate? _keys;
    private readonly CallRateLimit _rate;
    private readonly TimeProvider _clock;
    private readonly ILogger<DoorPipeline> _log;

    /// <param name="kind">Which door.</param>
    /// <param name="door">What is behind it.</param>
    /// <param name="keys">Null: no keys are asked for.</param>
    /// <param name="rate">Shared with all other ports.</param>
    /// <param name="clock">The clock of the log.</param>
    /// <param name="log">One line a call.</param>
    public DoorPipeline(DoorKind kind, IDoor door, KeyGate? keys, CallRateLimit rate, TimeProvider clock, ILogger<DoorPipeline> log)
    {
        (_name, _door, _keys, _rate, _clock, _log) = (DoorCatalogue.NameOf(kind), door, keys, rate, clock, log);
        door.Map(_routes);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var start = _clock.GetTimestamp();
        var prefix = DoorPrefix.Of(context.Request.Path.Value ?? "/");
        var call = new DoorCall(context, prefix);
        call.AllowBody(DoorCall.MaxJsonBytes);
        var found = _routes.Find(context.Request.Method, prefix.Path);
        // Only names of our own: a path is the client's text, and may hold a key.
        var method = found is null ? $"{_name} unknown call" : $"{_name} {found.Value.Route.Method} {found.Value.Route.Pattern}";
        try
        {
            if (Turn(call, prefix, found?.Route) is { } refusal)
            {
                await _door.RefuseAsync(call, refusal);
            }
            else if (found is var (route, values))
            {
                call.Values = values;
                await route.Handler(call);
            }
            else
            {
                var methods = _routes.MethodsOf(prefix.Path);
                context.Response.Headers.Allow = methods.Length > 0 ? string.Join(", ", methods) : default(StringValues);
                await _door.RefuseAsync(call, methods.Length > 0
                    ? new DoorFault(StatusCodes.Status405MethodNotAllowed, $"this call has another method: {string.Join(", ", methods)}")
                    : new DoorFault(StatusCodes.Status404NotFound, "there is no such call here"));
            }
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await _door.RefuseAsync(call, DoorFault.Of(error) ?? Unforeseen(context, method, error));
        }
        finally
        {
            var (record, milliseconds) = (CallRecord.Of(context), _clock.GetElapsedTime(start).TotalMilliseconds);
            ServerLog.Call(
                _log, method, $"HTTP {context.Response.StatusCode}", milliseconds, context.Request.ContentLength ?? 0, context.Response.ContentLength ?? 0,
                call.KeyName ?? "-", record.Session);
        }
    }

    // Why a call may not go on; null when it may. What of a body was not read then is not read at all.
    private DoorFault? Turn(DoorCall call, DoorPrefix prefix, DoorRoute? route)
    {
        if (_keys is not null && route is not { NeedsKey: false } && RefusedKey(call, prefix) is { } refused)
        {
            return refused;
        }

        return _rate.TryTake(Caller.Of(call.Http), out var wait)
            ? null
            : new DoorFault(StatusCodes.Status429TooManyRequests, "too many calls at once; try again in a moment", wait);
    }

    private DoorFault? RefusedKey(DoorCall call, DoorPrefix prefix)
    {
        var key = KeyGate.KeyOf(call.Request) ?? prefix.User;
        if (key is not null && _door.NameOfToken(key) is { } name)
        {
            Caller.SetKeyName(call.Http, name);
            return null;
        }

        var verdict = _keys!.Judge(call.Http, key);
        return verdict.IsKnown
            ? null
            : new DoorFault(verdict.Wait is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status429TooManyRequests, verdict.Refusal, verdict.Wait);
    }

    private DoorFault Unforeseen(HttpContext context, string method, Exception error)
    {
        // Reading from a caller who hung up fails in many ways.
        if (context.RequestAborted.IsCancellationRequested)
        {
            return new DoorFault(StatusCodes.Status499ClientClosedRequest, "the call was cancelled");
        }

        var id = Guid.NewGuid().ToString("N")[..12];
        ServerLog.Unexpected(_log, method, id, error.GetType().FullName ?? "unknown", ErrorInterceptor.PlaceOf(error));
        return new DoorFault(StatusCodes.Status500InternalServerError, $"the server failed; its log has more under error {id}");
    }
}
