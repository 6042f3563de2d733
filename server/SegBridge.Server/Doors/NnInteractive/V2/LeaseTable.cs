using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>
/// The leases of clients. A lease lives until the idle limit of its session. A client of which nothing is heard for the liveness
/// limit, a laptop that sleeps, say, keeps everything until its place or its memory is needed. A token whose session
/// the journal still holds is recognised again, also after a restart; then only the image is missing, and the lease goes on when
/// it is sent. What had been drawn is not brought back: clients empty their buffer when they send an image, and then send the mask
/// that they have. Thread-safe.
/// </summary>
internal sealed class LeaseTable : IDisposable
{
    private const int TokenBytes = 16;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly Lock _claiming = new();
    private readonly SessionManager _sessions;
    private readonly SessionOptions _limits;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;

    public LeaseTable(SessionManager sessions, SessionOptions limits, TimeProvider clock)
    {
        (_sessions, _limits, _clock) = (sessions, limits, clock);
        _sweep = clock.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <exception cref="DoorException">503: all sessions are taken.</exception>
    public Lease Claim(string? keyName)
    {
        lock (_claiming)
        {
            // One that waits for its first image has a place; one that lost its image has none until it sends it again.
            while (_sessions.Count + _leases.Values.Count(lease => lease is { Segment: null, HasLostImage: false }) >= _limits.MaxSessions)
            {
                if (!GiveWay())
                {
                    throw AtCapacity();
                }
            }

            return Add(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)), keyName);
        }
    }

    /// <summary>Ends the session of the lease that was silent for longest, if one is; its journal stays.</summary>
    public bool GiveWay()
    {
        var silent = _leases.Values.Where(lease => lease.IsSilent && lease.Gate.CurrentCount > 0).MinBy(lease => lease.Heard);
        if (silent is null)
        {
            return false;
        }

        _leases.TryRemove(silent.Token, out _);
        _sessions.Suspend(silent.Token);
        return true;
    }

    /// <summary>The lease of a token, at its turn; release its gate in the end.</summary>
    /// <exception cref="DoorException">410: nobody knows it, or it is another caller's.</exception>
    public async Task<Lease> EnterAsync(string token, string? keyName, CancellationToken cancellation)
    {
        var lease = await FindAsync(token, keyName, cancellation);
        await lease.Gate.WaitAsync(cancellation);
        if (HasImageLost(lease))
        {
            (lease.Segment, lease.HasLostImage) = (null, true);
        }

        return lease;
    }

    /// <summary>Whether the image has to be sent again, whatever is under way.</summary>
    public bool HasImageLost(Lease lease) => lease.HasLostImage || (lease.Segment is { } segment && !_sessions.IsOpen(segment.Session.Id));

    /// <summary>The lease of a token, whatever is under way with it.</summary>
    /// <exception cref="DoorException">410: nobody knows it, or it is another caller's.</exception>
    public async Task<Lease> FindAsync(string token, string? keyName, CancellationToken cancellation)
    {
        if (token.Length != 2 * TokenBytes || !token.All(char.IsAsciiHexDigitLower))
        {
            throw Unknown();
        }

        var lease = _leases.TryGetValue(token, out var known) ? known : await RecogniseAsync(token, keyName, cancellation);
        return lease.KeyName == keyName ? lease : throw Unknown();
    }

    /// <summary>Ends a lease and its session for good; nothing happens when there is none.</summary>
    public void Release(string token, string? keyName)
    {
        if (_leases.TryGetValue(token, out var lease) && lease.KeyName == keyName && _leases.TryRemove(token, out _))
        {
            _sessions.Close(token);
        }
    }

    public static DoorException AtCapacity() =>
        new(StatusCodes.Status503ServiceUnavailable, "all sessions of this server are in use; try again in a moment, or end one that is done", RetryAfter);

    public void Dispose() => _sweep.Dispose();

    private static DoorException Unknown() =>
        new(StatusCodes.Status410Gone, "the lease has ended, or is not one of this server's; claim a new one and send the image again");

    private Lease Add(string token, string? keyName) =>
        _leases.GetOrAdd(token, _ => new Lease(token, keyName, _limits, _clock));

    private async Task<Lease> RecogniseAsync(string token, string? keyName, CancellationToken cancellation)
    {
        // One that is open is somebody's who speaks another language.
        if (_sessions.IsOpen(token))
        {
            throw Unknown();
        }

        try
        {
            await _sessions.ResumeAsync(token, keyName, cancellation);
            // Its voxels would have to be sent once more, and the dialect has no words to ask for them but to end the lease.
            _sessions.Suspend(token);
            var lease = Add(token, keyName);
            lease.HasLostImage = true;
            return lease;
        }
        catch (Exception gone) when (gone is SessionNotFoundException or NotYourSessionException or WrongStateException or LimitExceededException)
        {
            // A client that has no place any more is told of those that are free, or not, when it claims one.
            throw Unknown();
        }
    }

    private void Sweep()
    {
        foreach (var lease in _leases.Values)
        {
            var hasEnded = lease.Segment is { } segment ? !_sessions.IsOpen(segment.Session.Id) : lease.IsSilent;
            if (hasEnded || lease.IdleLeft == TimeSpan.Zero)
            {
                _leases.TryRemove(lease.Token, out _);
            }
            else
            {
                // Only the idle limit ends it.
                lease.Segment?.Session.KeepAlive();
            }
        }
    }
}
