using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Hosting;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Support;

/// <summary>A server on free loopback ports with the models of this repository, and a client of it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(RunningServer running, GrpcChannel channel) => (Running, Channel) = (running, channel);

    public RunningServer Running { get; }

    public GrpcChannel Channel { get; }

    public V1.Sessions.SessionsClient Sessions => new(Channel);

    public V1.Models.ModelsClient Models => new(Channel);

    public V1.Tasks.TasksClient Tasks => new(Channel);

    public V1.Export.ExportClient Export => new(Channel);

    public V1.Server.ServerClient Describing => new(Channel);

    public Grpc.Health.V1.Health.HealthClient Health => new(Channel);

    public static string BundleFolder { get; } = Path.Combine(RepositoryRoot(), "models", "bundles");

    public static ServerOptions Options { get; } = new()
    {
        ModelFolder = BundleFolder,
        GrpcPort = 0,
        HttpPort = 0,
        Log = new LogSettings { Level = LogLevel.None, Output = TextWriter.Null },
        DrainTime = TimeSpan.FromSeconds(2),
    };

    public static async Task<TestServer> StartAsync(ServerOptions? options = null, Metadata? credentials = null)
    {
        var running = await ServerHost.StartAsync(options ?? Options);
        var channel = GrpcChannel.ForAddress(running.Grpc, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
            MaxReceiveMessageSize = 256 << 20,
        });
        var server = new TestServer(running, channel);
        await server.WaitForModelAsync(credentials);
        return server;
    }

    /// <summary>A client of the port for gRPC-Web that speaks HTTP/1.1 only.</summary>
    public HttpClient NewWebClient() => new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
    {
        BaseAddress = Running.Http,
        DefaultRequestVersion = System.Net.HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Running.DisposeAsync();
    }

    private async Task WaitForModelAsync(Metadata? credentials)
    {
        while ((await Models.ListModelsAsync(new ListModelsRequest(), credentials)).DefaultModelId.Length == 0)
        {
            await Task.Delay(50);
        }
    }

    private static string RepositoryRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
