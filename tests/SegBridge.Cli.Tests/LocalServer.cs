using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SegBridge.Cli.Client;
using SegBridge.Server.Hosting;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Cli.Tests;

/// <summary>A real server in this process, on a free port, with the models of this repository.</summary>
internal static class LocalServer
{
    /// <param name="tasks">Folder of tasks; null switches them off.</param>
    public static Task<RunningServer> StartAsync(string? tasks = null) => ServerHost.StartAsync(new ServerOptions
    {
        ModelFolder = Path.Combine(RepositoryRoot(), "models", "bundles"),
        GrpcPort = 0,
        HttpPort = 0,
        Tasks = new TaskOptions { Folder = tasks },
        Log = new LogSettings { Level = LogLevel.None, Output = TextWriter.Null },
        DrainTime = TimeSpan.FromSeconds(2),
    });

    public static ServerAddress AddressOf(RunningServer server) => new(server.Grpc);

    private static string RepositoryRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
