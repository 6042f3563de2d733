using System.Globalization;
using Grpc.Core;

namespace SegBridge.Packages.Tests.Calls;

internal sealed class EchoService(CallLog log) : EchoBase
{
    /// <summary>Answers with the request; sends every request header whose key starts with "x-" back as header and trailer.</summary>
    public override async Task<byte[]> Unary(byte[] request, ServerCallContext context)
    {
        log.RequestEncoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
        var headers = new Metadata();
        foreach (Metadata.Entry entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry);
        }

        await context.WriteResponseHeadersAsync(headers);
        return request;
    }

    public override async Task<string> Collect(IAsyncStreamReader<string> requests, ServerCallContext context) =>
        string.Concat(await requests.ReadAllAsync(context.CancellationToken).ToListAsync());

    public override async Task Spell(string request, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        foreach (char letter in request)
        {
            await responses.WriteAsync(letter.ToString(CultureInfo.InvariantCulture), context.CancellationToken);
        }
    }

    public override async Task Shout(
        IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        while (await requests.MoveNext())
        {
            await responses.WriteAsync(requests.Current.ToUpperInvariant());
        }
    }

    public override async Task<string> Wait(string request, ServerCallContext context)
    {
        log.Deadline = context.Deadline;
        log.WaitStarted.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.WaitCancelled.TrySetResult();
            throw;
        }

        return request;
    }

    public override Task<string> Fail(string request, ServerCallContext context) =>
        throw new RpcException(
            new Status(StatusCode.FailedPrecondition, request),
            new Metadata { { "x-reason", "test" }, { "x-reason-bin", [0, 255, 1] } });
}
