using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Sessions.Journal;

namespace SegBridge.Sessions.Tests.Journal;

/// <summary>
/// A folder of journals that goes with the test, and sessions in it. The copy of a journal taken while its session
/// runs is what a killed server leaves behind.
/// </summary>
internal sealed class JournalFolder : IDisposable
{
    private readonly List<IDisposable> _open = [];

    public JournalFolder(TimeProvider? time = null)
    {
        Options = new JournalOptions { Folder = System.IO.Path.Combine(Directory.CreateTempSubdirectory("journal-").FullName, "journals") };
        Store = new JournalStore(Options, time ?? TimeProvider.System, NullLogger<JournalStore>.Instance);
    }

    public JournalOptions Options { get; }

    public JournalStore Store { get; }

    public string File => Assert.Single(Directory.GetFiles(Options.Folder));

    public static OpenedAct Opened { get; } = new(OpenedAct.CurrentFormat, TestSession.Volume, BrightnessModel.Id, CallerSeal.Of(null));

    /// <summary>A session that keeps its journal here.</summary>
    public TestSession Open()
    {
        var session = new TestSession(journal: Store.Create(TestSession.Id, Opened));
        _open.Add(session);
        return session;
    }

    /// <summary>The session's journal as it is now; by another program, since this one has it locked.</summary>
    public byte[] Copy()
    {
        var copy = Options.Folder + ".copy";
        using (var program = Process.Start("cp", [File, copy]))
        {
            program.WaitForExit();
        }

        return System.IO.File.ReadAllBytes(copy);
    }

    /// <summary>Takes the session up again from a journal that a killed server left here.</summary>
    public (TestSession Session, Replay Replay) Resume(byte[] journal, bool inverted = false, string version = "1.0.0")
    {
        var path = LeaveBehind(journal);
        var (file, text) = Store.Find(TestSession.Id)!.Value;
        Assert.Equal(path, File);
        var continued = Store.Continue(TestSession.Id, file);
        var session = new TestSession(journal: continued)
        {
            Inverted = inverted,
            Model = new BrightnessModel { Manifest = TestManifest.Of(BrightnessModel.Id, 8) with { Version = version } },
        };
        _open.Add(session);
        var replay = new Replay(session.Session, session.State, continued, text, NullLogger.Instance);
        session.Session.Replay = replay;
        return (session, replay);
    }

    /// <summary>The same with all bricks, to the end.</summary>
    public async Task<TestSession> ResumeWhollyAsync(byte[] journal, bool inverted = false, string version = "1.0.0")
    {
        var (session, replay) = Resume(journal, inverted, version);
        session.PutAllBricks();
        Assert.Empty(await replay.ContinueAsync(default));
        Assert.True(replay.IsDone);
        return session;
    }

    /// <summary>Writes what a killed server left.</summary>
    public string LeaveBehind(byte[] journal)
    {
        Store.Create(TestSession.Id, Opened).Dispose();
        System.IO.File.WriteAllBytes(File, journal);
        return File;
    }

    public void Dispose()
    {
        foreach (var session in _open)
        {
            session.Dispose();
        }

        Store.Dispose();
        Directory.Delete(System.IO.Path.GetDirectoryName(Options.Folder)!, recursive: true);
    }
}
