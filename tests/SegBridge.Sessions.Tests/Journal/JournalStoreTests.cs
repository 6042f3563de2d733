using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;

namespace SegBridge.Sessions.Tests.Journal;

public sealed class JournalStoreTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Journals_are_for_their_user_alone_and_do_not_give_the_session_away()
    {
        _folder.Open();

        Assert.DoesNotContain(TestSession.Id, _folder.File, StringComparison.Ordinal);
        Assert.DoesNotContain(TestSession.Id, System.Text.Encoding.UTF8.GetString(_folder.Copy()), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Options.Folder));
        }
    }

    [Fact]
    public void Old_journals_and_the_oldest_of_too_many_go_but_never_those_of_open_sessions()
    {
        using var store = new JournalStore(_folder.Options with { MaxBytes = 2500 }, TimeProvider.System, NullLogger<JournalStore>.Instance);
        using var open = store.Create("open", JournalFolder.Opened);
        File.SetLastWriteTimeUtc(_folder.File, DateTime.UtcNow.AddDays(-30));
        foreach (var (name, days) in (ReadOnlySpan<(string, int)>)[("new", 0), ("newer", -1), ("older", -5), ("old", -8)])
        {
            var path = Path.Combine(_folder.Options.Folder, name + ".journal");
            File.WriteAllBytes(path, new byte[1000]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(days).AddMinutes(-1));
        }

        store.Tidy();

        Assert.Equal(["new.journal", "newer.journal"], Directory.GetFiles(_folder.Options.Folder).Select(Path.GetFileName).Where(name => name!.Length < 20).Order());
        Assert.Equal(3, Directory.GetFiles(_folder.Options.Folder).Length);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_does_not_break_the_session()
    {
        Directory.Delete(_folder.Options.Folder);
        await File.WriteAllTextAsync(_folder.Options.Folder, "not a folder");
        var session = _folder.Open();
        session.PutAllBricks();

        var step = await session.StepAsync(2, TestSession.Click(5, 5, 2));

        Assert.Equal(48, step.Segment.VoxelCount);
        Assert.Contains("journal cannot be written", session.Session.ToResumed().Lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_does_not_break_the_session()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        var (file, _) = JournalFile.Continue("/dev/full");
        var journal = new SessionJournal(file, new ShortId("full"), TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance, recording: true);
        using var session = new TestSession(journal: journal);
        session.PutAllBricks();

        var step = await session.StepAsync(2, TestSession.Click(5, 5, 2));

        Assert.Equal(48, step.Segment.VoxelCount);
        Assert.Contains("journal cannot be written since", session.Session.ToResumed().Lost, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_in_use_cannot_be_taken_by_another_server_and_one_that_is_not_there_is_none()
    {
        _folder.Open();
        using var other = new JournalStore(_folder.Options, TimeProvider.System, NullLogger<JournalStore>.Instance);

        Assert.Throws<WrongStateException>(() => other.Find(TestSession.Id));
        Assert.Null(other.Find("nobody"));
    }
}
