using SegBridge.Cli.Client;

namespace SegBridge.Cli.CommandLine;

/// <summary>A connection and, where it is ours, the server behind it.</summary>
internal sealed class ServerLease : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _options;
    private ServerProcess? _own;

    private ServerLease(ServerProcess? own, IReadOnlyList<string> options, ServerConnection connection)
    {
        (_own, _options, Connection) = (own, options, connection);
    }

    public ServerConnection Connection { get; private set; }

    /// <summary>Whether the server is a child of this program.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>Somebody else's server.</summary>
    public static ServerLease Of(ServerAddress address) => new(null, [], new ServerConnection(address));

    /// <summary>A server of our own.</summary>
    /// <param name="options">Of <c>serve</c>.</param>
    /// <param name="cancellationToken">Stops it again.</param>
    /// <exception cref="UserException">It does not start.</exception>
    public static async Task<ServerLease> StartAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var process = await ServerProcess.StartAsync(options, cancellationToken);
        return new ServerLease(process, options, new ServerConnection(process.Address));
    }

    /// <summary>
    /// Kills our own server as a power failure would and starts another with the same options; from then on
    /// <see cref="Connection"/> leads to the new one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server is not ours.</exception>
    public async Task ReplaceKilledAsync(CancellationToken cancellationToken)
    {
        var killed = _own ?? throw new InvalidOperationException("the server is somebody else's and is not killed");
        await killed.KillAsync();
        Connection.Dispose();
        await killed.DisposeAsync();
        _own = null;
        _own = await ServerProcess.StartAsync(_options, cancellationToken);
        Connection = new ServerConnection(_own.Address);
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        if (_own is { } own)
        {
            await own.DisposeAsync();
        }
    }
}
