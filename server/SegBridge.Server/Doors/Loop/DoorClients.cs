using System.Collections.Concurrent;
using SegBridge.Sessions;

namespace SegBridge.Server.Doors.Loop;

/// <summary>
/// What clients without session ids of the server's work on, by a key of the door's: a user, an address, an id of the dialect.
/// Calls of one client come one after the other. An entry lives as long as its session, and that until the idle limit: such
/// clients give no other sign of life. Thread-safe.
/// </summary>
internal sealed class DoorClients : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, DoorClient> _clients = new(StringComparer.Ordinal);
    private readonly SessionManager _sessions;
    private readonly ITimer _sweep;

    public DoorClients(SessionManager sessions, TimeProvider clock)
    {
        _sessions = sessions;
        _sweep = clock.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Waits for the client's turn; dispose of the result to end it.</summary>
    public async Task<DoorTurn> EnterAsync(string key, CancellationToken cancellation)
    {
        var client = _clients.GetOrAdd(key, _ => new DoorClient());
        await client.Gate.WaitAsync(cancellation);
        if (client.Segment is { } segment && !_sessions.IsOpen(segment.Session.Id))
        {
            client.Segment = null;
        }

        return new DoorTurn(client);
    }

    public void Dispose() => _sweep.Dispose();

    private void Sweep()
    {
        foreach (var (key, client) in _clients)
        {
            if (client.Segment is { } segment && _sessions.IsOpen(segment.Session.Id))
            {
                segment.Session.KeepAlive();
            }
            else if (client.Gate.CurrentCount > 0)
            {
                // Not one whose turn it is: it may be about to get a session.
                _clients.TryRemove(key, out _);
            }
        }
    }
}

/// <summary>What one client works on.</summary>
internal sealed class DoorClient
{
    public SemaphoreSlim Gate { get; } = new(1);

    public DoorSegment? Segment { get; set; }

    /// <summary>Why the last image was not taken; null when it was, and before any.</summary>
    public string? Refusal { get; set; }
}

/// <summary>A client's turn.</summary>
internal sealed class DoorTurn(DoorClient client) : IDisposable
{
    /// <summary>Null: no image was sent, or its session has ended.</summary>
    public DoorSegment? Segment
    {
        get => client.Segment;
        set => client.Segment = value;
    }

    /// <summary>Why the client's last image was not taken; null when it was, and before any.</summary>
    public string? Refusal
    {
        get => client.Refusal;
        set => client.Refusal = value;
    }

    public void Dispose() => client.Gate.Release();
}
