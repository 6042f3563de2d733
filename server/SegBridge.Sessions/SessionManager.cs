using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Caching;
using SegBridge.Sessions.Errors;

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
    private readonly ServerMemory _memory;
    private readonly ITimer _sweep;

    public SessionManager(
        SessionOptions options, ModelRepository repository, SliceModels slices, VolumeModels volumes, TimeProvider time, ILogger<SessionManager> log)
    {
        (_options, _repository, _slices, _volumes, _time, _log) = (options, repository, slices, volumes, time, log);
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
    /// <param name="caller">Who opens it (the key's name, or empty): sessions of one caller on the same content share bricks.</param>
    /// <exception cref="LimitExceededException">All sessions are taken.</exception>
    /// <exception cref="ModelNotFoundException">No such model.</exception>
    /// <exception cref="BrickException">The brick size does not work.</exception>
    public Session Open(VolumeDescription volume, string? modelId, string client, string caller = "")
    {
        var id = RequireModel(modelId);
        Session session;
        lock (_opening)
        {
            if (_sessions.Count >= _options.MaxSessions)
            {
                throw new LimitExceededException($"all {_options.MaxSessions} sessions are in use; close one, or try again when one has ended", SweepInterval);
            }

            var state = new SessionState(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), volume, _options, _memory, _time, caller, _log);
            session = new Session(state, id, ModelOf);
            _sessions[session.Id] = session;
        }

        SessionsLog.Opened(_log, new ShortId(session.Id), client, _sessions.Count);
        return session;
    }

    /// <exception cref="SessionNotFoundException">No session has this id.</exception>
    public Session Get(string id) => _sessions.TryGetValue(id, out var session) ? session : throw new SessionNotFoundException(id);

    /// <summary>Ends a session; false if there is none with this id.</summary>
    public bool Close(string id)
    {
        if (!_sessions.TryRemove(id, out var session))
        {
            return false;
        }

        session.Close();
        SessionsLog.Closed(_log, new ShortId(id), _sessions.Count, BytesHeld >> 20, BytesCached >> 20);
        return true;
    }

    /// <summary>What opening a volume would need, if all its bricks were sent; nothing is allocated.</summary>
    public MemoryEstimate Estimate(VolumeDescription volume, string? modelId)
    {
        var model = ModelOf(RequireModel(modelId));
        var needs = MemoryNeeds.Of(model, volume);
        var available = Math.Min(_memory.Budget.Available, _options.MaxBrickBytesPerSession);
        var fits = volume.Bytes <= _options.MaxBrickBytesPerSession && volume.Bytes + needs.ModelBytes <= _memory.Budget.Available;
        var advice = fits ? string.Empty
            : needs.LeastBrickBytes + needs.ModelBytes <= available
                ? $"the whole volume does not fit, but a prediction asks only for the bricks {needs.Place}: send those and no others"
                : $"not even the bricks {needs.Place} fit: send the volume at half the resolution, or a part of it";
        return new MemoryEstimate(volume.Bytes, needs.ModelBytes, available, fits, advice);
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var id in _sessions.Keys)
        {
            Close(id);
        }
    }

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
                Close(id);
            }
        }
    }
}
