using SegBridge.Cli.Client;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>A fresh server with tasks and without limits of calls, for one measurement; nothing of it stays.</summary>
internal sealed class ScaleServer : IAsyncDisposable
{
    private readonly DirectoryInfo _tasks;

    private ScaleServer(DirectoryInfo tasks, ServerProcess process)
    {
        (_tasks, Process) = (tasks, process);
        Connection = new ServerConnection(process.Address);
    }

    public ServerProcess Process { get; }

    public ServerConnection Connection { get; }

    public static async Task<ScaleServer> StartAsync(string models, CancellationToken cancellationToken)
    {
        var tasks = Directory.CreateTempSubdirectory("segbridge-scale-");
        try
        {
            return new ScaleServer(
                tasks, await ServerProcess.StartAsync(["--models", models, "--no-journal", "--rate-limit", "0", "--task-folder", tasks.FullName], cancellationToken));
        }
        catch
        {
            tasks.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A ready 2D model that works without examples.</summary>
    public Task<V1.Model> SlicesModelAsync(CancellationToken cancellationToken) => ModelChoice.ChooseAsync(
        Connection, null, model => model is { Dimension: 2, UsesContext: false }, "2D models", cancellationToken);

    /// <summary>A ready 2D model that takes examples.</summary>
    public Task<V1.Model> ContextModelAsync(CancellationToken cancellationToken) => ModelChoice.ChooseAsync(
        Connection, null, model => model is { Dimension: 2, UsesContext: true }, "2D models that take examples", cancellationToken);

    /// <summary>A ready 3D model.</summary>
    public Task<V1.Model> VolumeModelAsync(CancellationToken cancellationToken) => ModelChoice.ChooseAsync(
        Connection, null, model => model.Dimension == 3, "3D models", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        await Process.DisposeAsync();
        _tasks.Delete(recursive: true);
    }
}
