using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Logging;

namespace SegBridge.Server.Errors;

/// <summary>
/// Ends failed calls with their status. What nobody foresaw becomes INTERNAL with an id that the log repeats beside kind and
/// place of the failure; its message, which may quote data, goes nowhere.
/// </summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception error)
        {
            throw Translate(error, context);
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        if (ErrorMapping.ToStatus(error) is { } status)
        {
            return status;
        }

        // Writing to a caller who hung up fails in many ways.
        if (context.CancellationToken.IsCancellationRequested)
        {
            return new RpcException(new Status(StatusCode.Cancelled, "the call was cancelled"));
        }

        var id = Guid.NewGuid().ToString("N")[..12];
        ServerLog.Unexpected(log, context.Method, id, error.GetType().FullName ?? "unknown", PlaceOf(error));
        return new RpcException(new Status(StatusCode.Internal, $"the server failed; its log has more under error {id}"));
    }

    /// <summary>The method that failed: what may be told of a failure, for messages may quote data.</summary>
    public static string PlaceOf(Exception error)
    {
        var frame = new StackTrace(error, fNeedFileInfo: false).GetFrame(0);
        var method = frame?.GetMethod();
        return method is null ? "unknown place" : $"{method.DeclaringType?.FullName}.{method.Name}";
    }
}
