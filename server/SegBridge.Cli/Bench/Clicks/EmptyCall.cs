using System.Diagnostics;
using SegBridge.Cli.Client;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>The floor of every call: one that does nothing, to the same server over the same connection.</summary>
internal static class EmptyCall
{
    /// <returns>Milliseconds.</returns>
    public static async Task<double> RunAsync(ServerConnection connection, string sessionId, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await connection.Sessions.KeepAliveAsync(new V1.KeepAliveRequest { SessionId = sessionId }, cancellationToken: cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
