using Microsoft.Extensions.Hosting;

namespace SegBridge.Server.Hosting;

/// <summary>Lets nothing but <see cref="RunningServer.StopAsync"/> end the server.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
