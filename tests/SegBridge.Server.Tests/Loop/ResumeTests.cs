using Grpc.Core;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions.Journal;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

public sealed class ResumeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journals-");

    private ServerOptions Options => TestServer.Options with { Journal = new JournalOptions { Folder = Path.Combine(_folder.FullName, "j") } };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_session_goes_on_in_the_next_server_with_mask_history_and_settings()
    {
        string session;
        MaskRegion mask;
        await using (var first = await TestServer.StartAsync(Options))
        {
            session = await first.Sessions.OpenEllipsoidAsync();
            await first.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "liver", Name = "Liver", Color = 0x00FF00 } });
            await first.Sessions.Predict(Ellipsoid.Clicked(session)).ResultAsync();
            mask = (await first.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = session, SegmentId = "liver" })).Mask;
            await first.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
            await first.Sessions.UndoAsync(new HistoryRequest { SessionId = session, SegmentId = "liver" });
        }

        await using var second = await TestServer.StartAsync(Options);
        var undo = new HistoryRequest { SessionId = session, SegmentId = "liver" };
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await second.Sessions.UndoAsync(undo));
        var asked = await second.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session });
        Assert.Equal(("Liver", 1u, 1u, 0ul), (asked.Segments[0].Name, asked.Segments[0].Step, asked.Segments[0].RedoSteps, asked.Segments[0].VoxelCount));
        Assert.NotEmpty(asked.NeededBricks);

        var early = await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, async () => await second.Sessions.UndoAsync(undo));
        Assert.Contains("ResumeSession", early.Status.Detail, StringComparison.Ordinal);
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, () => second.Sessions.Predict(Ellipsoid.Clicked(session)).AllAsync());
        await second.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = session });
        await second.Sessions.PutBricksAsync(Ellipsoid.Put(session));
        var resumed = await second.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session });

        Assert.Equal((0, string.Empty), (resumed.NeededBricks.Count, resumed.Lost));
        Assert.Equal(mask, (await second.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = session, SegmentId = "liver" })).Mask);
        Assert.Equal(2u, (await second.Sessions.RedoAsync(undo)).Segment.Step);
        await second.Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = session });
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await second.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session }));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, "j")));
    }

    [Fact]
    public async Task An_open_session_is_answered_as_it_is_even_without_journals()
    {
        await using var server = await TestServer.StartAsync();
        var session = await server.Sessions.OpenEllipsoidAsync();
        var result = await server.Sessions.Predict(Ellipsoid.Clicked(session)).ResultAsync();

        var resumed = await server.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session });

        Assert.Equal(result.Segment, Assert.Single(resumed.Segments));
        Assert.Equal((0, string.Empty, session), (resumed.NeededBricks.Count, resumed.Lost, resumed.Session.SessionId));
    }

    [Fact]
    public async Task Only_the_key_that_opened_a_session_takes_it_up_again()
    {
        var (anna, annas) = ApiKeyFile.Create("anna");
        var (berta, bertas) = ApiKeyFile.Create("berta");
        var keys = Path.Combine(_folder.FullName, "keys");
        await File.WriteAllLinesAsync(keys, [annas, bertas]);
        var options = Options with { KeyFile = keys };
        string session;
        await using (var first = await TestServer.StartAsync(options, Key(anna)))
        {
            session = (await first.Sessions.OpenSessionAsync(Ellipsoid.Open(), Key(anna))).SessionId;
            await CallExtensions.FailsAsync(StatusCode.PermissionDenied, () => ResumeAsync(first, session, berta));
        }

        await using var second = await TestServer.StartAsync(options, Key(anna));
        await CallExtensions.FailsAsync(StatusCode.PermissionDenied, () => ResumeAsync(second, session, berta));
        Assert.Empty((await ResumeAsync(second, session, anna)).NeededBricks);
        Assert.All(Directory.GetFiles(Path.Combine(_folder.FullName, "j")), file => Assert.DoesNotContain("anna", Path.GetFileName(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_expired_comes_back_and_a_folder_that_cannot_be_made_is_named()
    {
        var clock = new ManualClock();
        await using (var server = await TestServer.StartAsync(Options with { Clock = clock }))
        {
            var session = await server.Sessions.OpenEllipsoidAsync();
            await server.Sessions.Predict(Ellipsoid.Clicked(session)).ResultAsync();
            clock.Advance(TimeSpan.FromHours(1));
            await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = session }));

            Assert.NotEmpty((await server.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session })).NeededBricks);
        }

        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, string.Empty);
        var refused = await Assert.ThrowsAsync<ServerConfigurationException>(
            () => ServerHost.StartAsync(Options with { Journal = new JournalOptions { Folder = Path.Combine(file, "j") } }));
        Assert.Contains("journal folder", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<ResumeSessionReply> ResumeAsync(TestServer server, string session, string key) =>
        await server.Sessions.ResumeSessionAsync(new ResumeSessionRequest { SessionId = session }, Key(key));

    private static Metadata Key(string key) => new() { { "x-api-key", key } };
}
