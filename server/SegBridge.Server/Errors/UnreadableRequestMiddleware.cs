using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Logging;

namespace SegBridge.Server.Errors;

/// <summary>
/// Gives a name to requests whose message cannot be parsed. The gRPC server reports them as UNKNOWN, as it does
/// exceptions of services; ours never get that far without a status of their own.
/// </summary>
internal sealed class UnreadableRequestMiddleware(RequestDelegate next)
{
    private static readonly string Unknown = ((int)StatusCode.Unknown).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (!context.Response.HasStarted
            && context.Response.Headers[GrpcReply.StatusHeader] == Unknown
            && !CallRecord.Of(context).Entered)
        {
            GrpcReply.SetStatus(
                context, StatusCode.InvalidArgument,
                "the request is not a message of this method; check that client and server speak the same version of the contract");
        }
    }
}
