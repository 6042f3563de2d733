using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Errors;

namespace SegBridge.Server.Security;

/// <summary>Lets gRPC calls with a right key pass, before anything of their body is read. Health checks need none.</summary>
internal sealed class KeyMiddleware(RequestDelegate next, KeyGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!GrpcReply.IsGrpc(context.Request) || context.Request.Path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal))
        {
            return next(context);
        }

        var verdict = gate.Judge(context, KeyGate.KeyOf(context.Request));
        if (verdict.IsKnown)
        {
            return next(context);
        }

        GrpcReply.SetStatus(context, verdict.Wait is null ? StatusCode.Unauthenticated : StatusCode.ResourceExhausted, verdict.Refusal, verdict.Wait);
        return Task.CompletedTask;
    }
}
