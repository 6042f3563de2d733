using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Errors;
using SegBridge.Server.Security;

namespace SegBridge.Server.Limits;

/// <summary>Turns gRPC calls away that come faster than the limit of their key or address, saying when to try again.</summary>
internal sealed class CallRateMiddleware(RequestDelegate next, CallRateLimit limit)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!GrpcReply.IsGrpc(context.Request) || limit.TryTake(Caller.Of(context), out var wait))
        {
            return next(context);
        }

        GrpcReply.SetStatus(
            context, StatusCode.ResourceExhausted,
            $"more than {limit.PerSecond} calls per second; try again in {GrpcReply.Milliseconds(wait)} ms", wait);
        return Task.CompletedTask;
    }
}
