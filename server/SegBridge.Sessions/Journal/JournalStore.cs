using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// The journals of a server, one file a session. A file is named by the SHA-256 of its session's id, since whoever
/// knows the id may use the session. Thread-safe.
/// </summary>
public sealed class JournalStore : IDisposable
{
    private const string Ending = ".journal";

    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);

    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JournalStore> _log;
    private readonly ITimer _tidy;

    /// <exception cref="IOException">The folder cannot be made; UnauthorizedAccessException likewise.</exception>
    public JournalStore(JournalOptions options, TimeProvider time, ILogger<JournalStore> log)
    {
        (_options, _time, _log) = (options, time, log);
        MakeFolder(options.Folder);
        _tidy = time.CreateTimer(_ => Tidy(), null, TimeSpan.Zero, TidyEvery);
    }

    /// <summary>Makes a folder that only this user can look into.</summary>
    /// <exception cref="IOException">It cannot be made; UnauthorizedAccessException likewise.</exception>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => _tidy.Dispose();

    /// <summary>Begins a session's journal. A folder that cannot be written does not stop the session.</summary>
    internal SessionJournal Create(string sessionId, OpenedAct opened)
    {
        JournalFile? file = null;
        try
        {
            file = JournalFile.Create(PathOf(sessionId));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            JournalLog.Unwritable(_log, new ShortId(sessionId), failure.GetType().Name);
        }

        var journal = new SessionJournal(file, new ShortId(sessionId), _options.SyncEvery, _time, _log, recording: true);
        journal.Write(opened);
        return journal;
    }

    /// <summary>The journal that a session left behind; null when there is none.</summary>
    /// <exception cref="WrongStateException">It is there and cannot be opened.</exception>
    internal (JournalFile File, JournalText Text)? Find(string sessionId)
    {
        try
        {
            return JournalFile.Continue(PathOf(sessionId));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new WrongStateException("the session's journal cannot be opened; another server may be using it");
        }
    }

    /// <summary>Goes on with a journal that was found; nothing is recorded before <see cref="SessionJournal.Record"/>.</summary>
    internal SessionJournal Continue(string sessionId, JournalFile file) =>
        new(file, new ShortId(sessionId), _options.SyncEvery, _time, _log, recording: false);

    /// <summary>The session was closed by its user; so nobody will take it up again.</summary>
    /// <returns>False when there was no journal.</returns>
    internal bool Delete(string sessionId)
    {
        var path = PathOf(sessionId);
        try
        {
            var there = File.Exists(path);
            File.Delete(path);
            return there;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            JournalLog.Unreachable(_log, failure.GetType().Name);
            return false;
        }
    }

    /// <summary>Removes what is too old, and the oldest of what is too much; never the journal of an open session, be it another server's.</summary>
    internal void Tidy()
    {
        try
        {
            var (now, total, removed) = (_time.GetUtcNow().UtcDateTime, 0L, 0);
            foreach (var file in new DirectoryInfo(_options.Folder).EnumerateFiles("*" + Ending).OrderByDescending(file => file.LastWriteTimeUtc))
            {
                var length = file.Length;
                total += length;
                if ((now - file.LastWriteTimeUtc > _options.Retention || total > _options.MaxBytes) && !JournalFile.IsInUse(file.FullName))
                {
                    file.Delete();
                    total -= length;
                    removed++;
                }
            }

            if (removed > 0)
            {
                JournalLog.Removed(_log, removed);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            JournalLog.Unreachable(_log, failure.GetType().Name);
        }
    }

    private string PathOf(string sessionId) =>
        Path.GetFullPath(Path.Combine(_options.Folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sessionId))) + Ending));
}
