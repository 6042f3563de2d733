using SegBridge.Cli.Client;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Bench.Doors;

/// <summary>A server with one door, and a session by gRPC on the volume that goes through the door as well.</summary>
internal sealed class DoorBenchServer : IAsyncDisposable
{
    public const string ModelId = "scribble-2d";

    /// <summary>Rounds before those that count.</summary>
    public const int WarmUp = 3;

    private readonly RunningServer _server;
    private readonly ServerConnection _connection;

    private DoorBenchServer(RunningServer server, ServerConnection connection, ClientSession session)
    {
        (_server, _connection, Session) = (server, connection, session);
        Door = new HttpClient { BaseAddress = server.Doors[0].Address, Timeout = TimeSpan.FromMinutes(10) };
    }

    public ClientSession Session { get; }

    public HttpClient Door { get; }

    public static async Task<DoorBenchServer> StartAsync(DoorKind door, Volume volume, string models, CancellationToken cancellationToken)
    {
        var server = await ServerHost.StartAsync(
            new ServerOptions
            {
                ModelFolder = models,
                GrpcPort = 0,
                HttpPort = 0,
                Doors = [new DoorSettings(door, 0)],
                Log = new LogSettings { Level = Microsoft.Extensions.Logging.LogLevel.None },
                Limits = new LimitSettings { CallsPerSecond = null },
            },
            cancellationToken);
        var connection = new ServerConnection(new ServerAddress(server.Grpc));
        var session = await ClientSession.OpenAsync(connection, volume, Sessions.VolumeDescription.DefaultBrickSize, null, ModelId, cancellationToken);
        return new DoorBenchServer(server, connection, session);
    }

    public async ValueTask DisposeAsync()
    {
        Door.Dispose();
        await Session.DisposeAsync();
        _connection.Dispose();
        await _server.DisposeAsync();
    }
}
