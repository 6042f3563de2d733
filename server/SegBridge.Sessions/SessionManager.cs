using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Archives;
using SegBridge.Sessions.Caching;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions;

/// <summary>Opens, finds, ends and counts sessions, and keeps them within the server's limits. Thread-safe.</summary>
public sealed class SessionManager : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private readonly SessionOptions _options;
    private readonly ModelRepository _repository;
    private readonly SliceModels _slices;
    private readonly VolumeModels _volumes;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionManager> _log;
    private readonly JournalStore? _journals;
    private readonly ServerMemory _memory;
    private readonly ITimer _sweep;
    private readonly TaskContexts? _contexts;

    public SessionManager(
        SessionOptions options, ModelRepository repository, SliceModels slices, VolumeModels volumes, TimeProvider time, ILogger<SessionManager> log,
        JournalStore? journals = null, TaskContexts? contexts = null)
    {
        (_options, _repository, _slices, _volumes, _time, _log, _journals, _contexts) =
            (options, repository, slices, volumes, time, log, journals, contexts);
        _memory = new ServerMemory(options, new ModelCaches(repository));
        _sweep = time.CreateTimer(_ => CloseExpired(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Sessions open now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Bytes of bricks, masks and history of all sessions.</summary>
    public long BytesHeld => _memory.Budget.Held;

    /// <summary>Bytes of image features and the like, which give way when memory is needed.</summary>
    public long BytesCached => _memory.Budget.Cached;

    /// <summary>Opens a session; no voxel memory is taken until bricks arrive.</summary>
    /// <param name="volume">What will be sent.</param>
    /// <param name="modelId">Null: the repository's default model.</param>
    /// <param name="client">Program and version, for the log.</param>
    /// <param name="caller">
    /// Who opens it (the key's name), null where callers have no names: only this caller may resume it, and sessions of
    /// one caller on the same content share bricks.
    /// </param>
    /// <param name="id">The session's, which nobody else can guess: 32 lower-case hexadecimal digits. Null: a new one.</param>
    /// <exception cref="LimitExceededException">All sessions are taken.</exception>
    /// <exception cref="ModelNotFoundException">No such model.</exception>
    /// <exception cref="BrickException">The brick size does not work.</exception>
    public Session Open(VolumeDescription volume, string? modelId, string client, string? caller = null, string? id = null)
    {
        id ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var model = RequireModel(modelId);
        Session session;
        lock (_opening)
        {
            RequireFreeSession();
            if (_sessions.ContainsKey(id))
            {
                throw new WrongStateException("there is a session of this id already; close it first");
            }

            var opened = new OpenedAct(OpenedAct.CurrentFormat, volume, model, CallerSeal.Of(caller));
            (session, _) = NewSession(id, opened, caller, _journals?.Create(id, opened));
        }

        SessionsLog.Opened(_log, new ShortId(session.Id), client, _sessions.Count);
        return session;
    }

    /// <summary>
    /// Takes a session up again: one that is open, or one that its journal brings back as far as the bricks that are
    /// there allow.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">Ends the wait, not the work.</param>
    /// <exception cref="SessionNotFoundException">It is neither open nor is there a journal of it.</exception>
    /// <exception cref="NotYourSessionException">Another caller opened it.</exception>
    /// <exception cref="LimitExceededException">All sessions are taken.</exception>
    /// <exception cref="WrongStateException">Its journal cannot be used.</exception>
    public async Task<ResumedSession> ResumeAsync(string id, string? caller, CancellationToken cancellation)
    {
        Session session;
        lock (_opening)
        {
            session = _sessions.TryGetValue(id, out var open) ? open : BringBack(id, caller);
        }

        if (!session.Owner.Fits(caller))
        {
            throw new NotYourSessionException();
        }

        return session.Replay is { IsDone: false } replay && await replay.ContinueAsync(cancellation) is { Count: > 0 } needed
            ? new ResumedSession(session, replay.Preview, needed, [], string.Empty)
            : session.ToResumed();
    }

    /// <summary>A session that may be used.</summary>
    /// <exception cref="SessionNotFoundException">No session has this id.</exception>
    /// <exception cref="WrongStateException">It is being taken up again.</exception>
    public Session Get(string id) => GetForBricks(id) is { Replay: null or { IsDone: true } } session
        ? session
        : throw new WrongStateException(
            "the session is being taken up again: send the bricks that ResumeSession named, then call ResumeSession until it needs no more");

    /// <summary>A session that takes bricks and signs of life, even while it is being taken up again.</summary>
    /// <exception cref="SessionNotFoundException">No session has this id.</exception>
    public Session GetForBricks(string id) => _sessions.TryGetValue(id, out var session) ? session : throw new SessionNotFoundException(id);

    /// <summary>Whether a session of this id is open.</summary>
    public bool IsOpen(string id) => _sessions.ContainsKey(id);

    /// <summary>Ends a session for good, its journal too; false if there is none with this id.</summary>
    public bool Close(string id)
    {
        lock (_opening)
        {
            var wasOpen = End(id);
            return (_journals?.Delete(id) ?? false) || wasOpen;
        }
    }

    /// <summary>Ends a session as if it had expired: its journal stays. False if there is none with this id.</summary>
    public bool Suspend(string id) => End(id);

    /// <summary>What opening a volume would need, if all its bricks were sent; nothing is allocated.</summary>
    public MemoryEstimate Estimate(VolumeDescription volume, string? modelId)
    {
        var needs = MemoryNeeds.Of(ModelOf(RequireModel(modelId)), volume);
        return MemoryEstimate.Of(volume, needs, _memory.Budget.Available, _options.MaxBrickBytesPerSession);
    }

    /// <summary>Refuses, before any work is done for it, a session that could not be opened now.</summary>
    internal void RequireRoomFor(string? modelId)
    {
        RequireModel(modelId);
        RequireFreeSession();
    }

    /// <summary>Memory of all sessions for something that none of them counts.</summary>
    internal MemoryLease NewLease(string what) => new(_memory.Budget, what);

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var id in _sessions.Keys)
        {
            End(id);
        }
    }

    private void RequireFreeSession()
    {
        if (_sessions.Count >= _options.MaxSessions)
        {
            throw new LimitExceededException($"all {_options.MaxSessions} sessions are in use; close one, or try again when one has ended", SweepInterval);
        }
    }

    private (Session Session, SessionState State) NewSession(
        string id, OpenedAct opened, string? caller, SessionJournal? journal)
    {
        var state = new SessionState(id, opened.Volume, _options, _memory, _time, caller, _log)
        {
            Journal = journal,
            FingerprintOf = FingerprintOf,
            Contexts = _contexts,
        };
        var session = new Session(state, opened.ModelId, ModelOf) { Owner = opened.Owner };
        _sessions[id] = session;
        return (session, state);
    }

    private Session BringBack(string id, string? caller)
    {
        if (_journals?.Find(id) is not var (file, text))
        {
            throw new SessionNotFoundException(id);
        }

        try
        {
            var opened = text.Opened;
            if (!opened.Owner.Fits(caller))
            {
                throw new NotYourSessionException();
            }

            RequireFreeSession();
            var journal = _journals.Continue(id, file);
            var (session, state) = NewSession(id, opened, caller, journal);
            session.Replay = new Replay(session, state, journal, text, _log);
            return session;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private bool End(string id)
    {
        // Held until the journal is closed, so that nobody takes the session up again before.
        lock (_opening)
        {
            if (!_sessions.TryRemove(id, out var session))
            {
                return false;
            }

            session.Close();
        }

        SessionsLog.Closed(_log, new ShortId(id), _sessions.Count, BytesHeld >> 20, BytesCached >> 20);
        return true;
    }

    private string FingerprintOf(string modelId) => ModelFingerprint.Of(_repository.Get(modelId).Manifest!);

    private string RequireModel(string? modelId)
    {
        var id = modelId ?? _repository.DefaultModelId ?? throw new WrongStateException(
            "the server has no model that is ready; 'segbridge models list' says why");
        ModelOf(id);
        return id;
    }

    private SessionModel ModelOf(string id) => _repository.Get(id).Manifest is { Dimension: 3 }
        ? new SessionModel.OnVolume(_volumes.Get(id))
        : new SessionModel.OnSlices(_slices.Get(id));

    private void CloseExpired()
    {
        foreach (var (id, session) in _sessions)
        {
            if (session.IsExpired)
            {
                SessionsLog.Expired(_log, new ShortId(id));
                End(id);
            }
        }
    }
}
