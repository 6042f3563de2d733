using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Errors;

namespace SegBridge.Server.Security;

/// <summary>
/// Lets calls with a right key pass, before anything of their body is read. Health checks need none. An address with
/// too many wrong keys is turned away unchecked for a while; keys that were right before go on working from there.
/// </summary>
internal sealed class KeyMiddleware(RequestDelegate next, KeyRing keys, FailedKeyLimit failures)
{
    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        if (!GrpcReply.IsGrpc(context.Request) || context.Request.Path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal))
        {
            return next(context);
        }

        var key = KeyOf(context.Request);
        if (key is not null && keys.Recall(key) is { } known)
        {
            return PassAsync(context, known);
        }

        if (!failures.Buckets.TryTake(Caller.AddressOf(context), out var wait))
        {
            GrpcReply.SetStatus(
                context, StatusCode.ResourceExhausted,
                $"too many calls with a missing or wrong key from this address; try again in {Math.Ceiling(wait.TotalSeconds)} s", wait);
            return Task.CompletedTask;
        }

        if (key is not null && keys.Verify(key) is { } name)
        {
            return PassAsync(context, name);
        }

        GrpcReply.SetStatus(
            context, StatusCode.Unauthenticated,
            key is null
                ? "this server needs a key: send it as \"authorization: Bearer KEY\" or \"x-api-key: KEY\""
                : "the key is not one of this server's; ask its operator for one");
        return Task.CompletedTask;
    }

    private Task PassAsync(HttpContext context, string name)
    {
        Caller.SetKeyName(context, name);
        return next(context);
    }

    private static string? KeyOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        var key = request.Headers["x-api-key"].ToString().Trim();
        return key.Length > 0 ? key : null;
    }
}
