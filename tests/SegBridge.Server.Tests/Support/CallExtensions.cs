using Grpc.Core;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Support;

/// <summary>What tests do with calls again and again.</summary>
internal static class CallExtensions
{
    /// <summary>Opens a session on the ellipsoid; with all bricks unless told otherwise.</summary>
    public static async Task<string> OpenEllipsoidAsync(this V1.Sessions.SessionsClient client, bool withBricks = true)
    {
        var session = (await client.OpenSessionAsync(Ellipsoid.Open())).SessionId;
        if (withBricks)
        {
            await client.PutBricksAsync(Ellipsoid.Put(session));
        }

        return session;
    }

    /// <summary>All events of a step.</summary>
    public static async Task<List<PredictEvent>> AllAsync(this AsyncServerStreamingCall<PredictEvent> call)
    {
        using (call)
        {
            var events = new List<PredictEvent>();
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                events.Add(call.ResponseStream.Current);
            }

            return events;
        }
    }

    /// <summary>The result of a step.</summary>
    public static async Task<StepResult> ResultAsync(this AsyncServerStreamingCall<PredictEvent> call) => (await call.AllAsync())[^1].Result;

    /// <summary>Reads on to the first event of a kind.</summary>
    public static async Task<PredictEvent> FirstAsync(this AsyncServerStreamingCall<PredictEvent> call, PredictEvent.EventOneofCase kind)
    {
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (call.ResponseStream.Current.EventCase == kind)
            {
                return call.ResponseStream.Current;
            }
        }

        throw new InvalidOperationException($"the call ended without {kind}");
    }

    /// <summary>Runs a call that must fail with this status.</summary>
    public static async Task<RpcException> FailsAsync(StatusCode status, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(error.StatusCode == status, $"expected {status}, got {error.StatusCode}: {error.Status.Detail}");
        return error;
    }
}
