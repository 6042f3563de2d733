using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Errors;
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
    private readonly MemoryBudget _budget;
    private readonly ITimer _sweep;
    private readonly TaskContexts? _contexts;

    public SessionManager(
        SessionOptions options, ModelRepository repository, SliceModels slices, VolumeModels volumes, TimeProvider time, ILogger<SessionManager> log,
        TaskContexts? contexts = null)
    {
        (_options, _repository, _slices, _volumes, _time, _log, _contexts) = (options, repository, slices, volumes, time, log, contexts);
        _budget = new MemoryBudget(options.MaxTotalBytes);
        _sweep = time.CreateTimer(_ => CloseExpired(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Sessions open now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Opens a session; no voxel memory is taken until bricks arrive.</summary>
    /// <param name="volume">What will be sent.</param>
    /// <param name="modelId">Null: the repository's default model.</param>
    /// <param name="client">Program and version, for the log.</param>
    /// <exception cref="LimitExceededException">All sessions are taken.</exception>
    /// <exception cref="ModelNotFoundException">No such model.</exception>
    /// <exception cref="BrickException">The brick size does not work.</exception>
    public Session Open(VolumeDescription volume, string? modelId, string client)
    {
        var id = RequireModel(modelId);
        Session session;
        lock (_opening)
        {
            if (_sessions.Count >= _options.MaxSessions)
            {
                throw new LimitExceededException($"all {_options.MaxSessions} sessions are in use; close one, or try again when one has ended");
            }

            var state = new SessionState(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), volume, _options, _budget, _time) { Contexts = _contexts };
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
        SessionsLog.Closed(_log, new ShortId(id), _sessions.Count);
        return true;
    }

    /// <summary>What opening a volume would need, if all its bricks were sent; nothing is allocated.</summary>
    public MemoryEstimate Estimate(VolumeDescription volume, string? modelId)
    {
        var bundle = _repository.Get(RequireModel(modelId));
        var available = Math.Min(_budget.Available, _options.MaxBrickBytesPerSession);
        var needed = volume.Bytes + bundle.SizeBytes;
        if (needed <= available)
        {
            return new MemoryEstimate(volume.Bytes, bundle.SizeBytes, available, Fits: true, string.Empty);
        }

        var slice = new SlicePlane(Axis.K, 0).BoxIn(volume.Geometry.Size).VoxelCount * volume.VoxelType.Bytes();
        var advice = slice <= available
            ? "the whole volume does not fit, but a prediction asks only for the bricks of its slice: send those and no others"
            : "not even one slice fits: send the volume at half the resolution, or a part of it";
        return new MemoryEstimate(volume.Bytes, bundle.SizeBytes, available, Fits: false, advice);
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
