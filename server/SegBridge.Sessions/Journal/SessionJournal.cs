using System.Globalization;
using Microsoft.Extensions.Logging;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// The journal of one session. Once a write fails, the journal is given up, since a gap would make all that follows
/// worthless; the session goes on without. Thread-safe.
/// </summary>
internal sealed class SessionJournal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly JournalFile? _file;
    private readonly ShortId _session;
    private readonly TimeSpan _syncEvery;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _sync;
    private bool _unsynced;
    private bool _recording;
    private bool _ended;

    /// <param name="file">Null: it could not be made.</param>
    /// <param name="session">For the log.</param>
    /// <param name="syncEvery">Longest time until an act is on the disk.</param>
    /// <param name="time">The clock of acts.</param>
    /// <param name="log">Told once when writing fails.</param>
    /// <param name="recording">False: writes are ignored until <see cref="Record"/>, as a replay needs it.</param>
    public SessionJournal(JournalFile? file, ShortId session, TimeSpan syncEvery, TimeProvider time, ILogger log, bool recording)
    {
        (_file, _session, _syncEvery, _time, _log, _recording) = (file, session, syncEvery, time, log, recording);
        _sync = time.CreateTimer(_ => Sync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (file is null)
        {
            GiveUp(null);
        }
    }

    /// <summary>Why the session could not be brought back from here, in words; null when it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>From now on acts are written.</summary>
    public void Record()
    {
        lock (_gate)
        {
            _recording = true;
        }
    }

    /// <summary>Adds an act; it survives this process when the call returns, and a power cut soon after.</summary>
    public void Write(Act act)
    {
        lock (_gate)
        {
            if (_file is null || !_recording || _ended || Trouble is not null)
            {
                return;
            }

            try
            {
                _file.Append(act with { At = _time.GetUtcNow().ToUnixTimeMilliseconds() });
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                GiveUp(failure);
                return;
            }

            if (!_unsynced)
            {
                _unsynced = true;
                _sync.Change(_syncEvery, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Brings everything onto the disk and closes the file.</summary>
    public void Dispose()
    {
        _sync.Dispose();
        Sync();
        lock (_gate)
        {
            _ended = true;
            _file?.Dispose();
        }
    }

    private void Sync()
    {
        lock (_gate)
        {
            if (!_unsynced || _ended)
            {
                return;
            }

            _unsynced = false;
        }

        try
        {
            // Outside the lock: steps go on meanwhile.
            _file!.Sync();
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and synced then.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                GiveUp(failure);
            }
        }
    }

    private void GiveUp(Exception? failure)
    {
        Trouble ??= string.Create(
            CultureInfo.InvariantCulture,
            $"the session's journal cannot be written since {_time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC; should the server end, what was done since then cannot be brought back");
        if (failure is not null)
        {
            JournalLog.Unwritable(_log, _session, failure.GetType().Name);
        }
    }
}
