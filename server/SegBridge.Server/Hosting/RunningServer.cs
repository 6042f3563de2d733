using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Logging;
using SegBridge.Server.Services;

namespace SegBridge.Server.Hosting;

/// <summary>A server that listens. Disposing stops it as <see cref="StopAsync"/> does.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServingState _serving;
    private readonly ILogger _log;
    private readonly TimeSpan _drainTime;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task? _stopping;

    internal RunningServer(
        WebApplication app, ServingState serving, ILogger log, TimeSpan drainTime, Endpoints endpoints, string? fingerprint)
    {
        (_app, _serving, _log, _drainTime) = (app, serving, log, drainTime);
        (Grpc, Http, Fingerprint) = (endpoints.Grpc, endpoints.Http, fingerprint);
        Doors = endpoints.Doors;
    }

    /// <summary>Address for gRPC over HTTP/2.</summary>
    public Uri Grpc { get; }

    /// <summary>Address for gRPC-Web and the health pages; the same as <see cref="Grpc"/> with TLS.</summary>
    public Uri Http { get; }

    /// <summary>Ports for the clients of other servers.</summary>
    public IReadOnlyList<OpenDoor> Doors { get; }

    /// <summary>SHA-256 of the certificate, 64 upper-case hexadecimal digits; null without TLS.</summary>
    public string? Fingerprint { get; }

    /// <summary>Ends when the server has stopped, for whatever reason.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The services inside, for tests.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>
    /// Reports NOT_SERVING, takes no new connections, lets calls in progress finish for
    /// <see cref="ServerOptions.DrainTime"/> and then ends them. Safe to call more than once.
    /// </summary>
    /// <param name="cancellation">Ends calls in progress at once.</param>
    public Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return _stopping ??= StopOnceAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync(CancellationToken cancellation)
    {
        try
        {
            ServerLog.Stopping(_log, _drainTime.TotalSeconds);
            _serving.Stop();
            await _app.StopAsync(cancellation);
        }
        finally
        {
            await _app.DisposeAsync();
            _completion.TrySetResult();
        }
    }
}
