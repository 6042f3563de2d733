using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Errors;
using SegBridge.Server.Security;

namespace SegBridge.Server.Logging;

/// <summary>Writes one line for each gRPC call when it has ended, however it ended.</summary>
internal sealed class CallLogMiddleware(RequestDelegate next, ILogger<CallLogMiddleware> log, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!GrpcReply.IsGrpc(context.Request))
        {
            await next(context);
            return;
        }

        var start = clock.GetTimestamp();
        var record = CallRecord.Of(context);
        try
        {
            await next(context);
        }
        finally
        {
            var elapsed = clock.GetElapsedTime(start).TotalMilliseconds;
            ServerLog.Call(
                log, MethodOf(context), StatusOf(context), elapsed, record.BytesIn, record.BytesOut,
                Caller.KeyNameOf(context) ?? "-", record.Session);
        }
    }

    // Only names of our own contract: a path is the client's text.
    private static string MethodOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? "unknown method";

    private static string StatusOf(HttpContext context)
    {
        var response = context.Response;
        var text = response.Headers[GrpcReply.StatusHeader].ToString();
        if (text.Length == 0)
        {
            text = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature>()?.Trailers[GrpcReply.StatusHeader].ToString() ?? "";
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return ((StatusCode)code).ToString();
        }

        return context.RequestAborted.IsCancellationRequested ? "Cancelled" : $"HTTP {response.StatusCode}";
    }
}
