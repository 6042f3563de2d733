using System.Net;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions;
using SegBridge.Sessions.Journal;

namespace SegBridge.Server.Tests.Doors;

public sealed class LeaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("leases").FullName;
    private readonly ManualClock _clock = new();

    private ServerOptions Options => V2Caller.Options with
    {
        ModelFolder = Path.Combine(_folder, "models"),
        Clock = _clock,
        Journal = new JournalOptions { Folder = Path.Combine(_folder, "journals") },
        Sessions = new SessionOptions { MaxSessions = 2, IdleTimeout = TimeSpan.FromMinutes(30), LivenessTimeout = TimeSpan.FromMinutes(5) },
        Limits = new LimitSettings { CallsPerSecond = null },
    };

    public LeaseTests()
    {
        // One small model starts faster than all.
        Directory.CreateDirectory(Path.Combine(_folder, "models"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "models", "scribble-2d"), Path.Combine(TestServer.BundleFolder, "scribble-2d"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_clocks_run_and_looking_at_them_stops_neither()
    {
        await using var server = await TestServer.StartAsync(Options);
        using var caller = await new V2Caller(server).InitializeAsync();
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1560, (double)(await caller.JsonAsync("GET", "/lease_status"))["remaining_seconds"]!);
        Assert.Equal(1560, (double)(await caller.JsonAsync("POST", "/heartbeat"))["remaining_seconds"]!);
        await caller.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        Assert.Equal(1800, (double)(await caller.JsonAsync("GET", "/lease_status"))["remaining_seconds"]!);
    }

    [Fact]
    public async Task A_client_that_slept_goes_on_where_it_was()
    {
        await using var server = await TestServer.StartAsync(Options);
        using var caller = await new V2Caller(server).InitializeAsync();
        await caller.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        for (var minute = 0; minute < 25; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True((bool)(await caller.PromptAsync("/undo", "{}"))["ran_prediction"]!);
        Assert.Equal(0, caller.Buffer.Count);
    }

    [Fact]
    public async Task A_silent_client_gives_way_when_all_sessions_are_taken_and_one_that_is_heard_of_does_not()
    {
        await using var server = await TestServer.StartAsync(Options);
        using var awake = await new V2Caller(server).InitializeAsync();
        using var asleep = await new V2Caller(server).InitializeAsync();
        using var late = new V2Caller(server);
        var refused = await late.SendAsync("POST", "/claim");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), refused.Headers.RetryAfter!.Delta);
        for (var minute = 0; minute < 6; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await awake.JsonAsync("POST", "/heartbeat");
        }

        await late.InitializeAsync();
        await awake.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        // All places are taken again.
        Assert.Equal(410, (await V2Caller.RefusalAsync(asleep.SendAsync("POST", "/heartbeat"))).Status);
        await late.JsonAsync("POST", "/release");
        await RequireImageLostAsync(asleep);
    }

    [Fact]
    public async Task Who_was_idle_for_too_long_hears_it_from_a_heartbeat_and_may_send_the_image_again()
    {
        await using var server = await TestServer.StartAsync(Options);
        using var caller = await new V2Caller(server).InitializeAsync();
        await caller.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        for (var minute = 0; minute < 31; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await RequireImageLostAsync(caller);
    }

    // Told by a heartbeat, the client for Slicer connects again without a word to its user.
    private static async Task RequireImageLostAsync(V2Caller caller)
    {
        foreach (var (method, path) in ((string, string)[])[("POST", "/heartbeat"), ("GET", "/lease_status"), ("POST", "/undo"), ("POST", "/reset_interactions")])
        {
            var (status, detail) = await V2Caller.RefusalAsync(caller.SendAsync(method, path, method == "POST" ? new StringContent("{}") : null));
            Assert.Equal(410, status);
            Assert.Contains("send the image again", detail, StringComparison.Ordinal);
        }

        // napari keeps its token, and sends the image anew when its user presses Initialize.
        var image = V2Caller.Nnia("uint8", [1, 4, 32, 32], new byte[4096]);
        Assert.Equal(HttpStatusCode.OK, (await caller.ArrayAsync("/set_image", image, "{}")).StatusCode);
        await caller.JsonAsync("POST", "/heartbeat");
        Assert.False((bool)(await caller.PromptAsync("/undo", "{}"))["ran_prediction"]!);
    }

    [Fact]
    public async Task After_a_restart_the_token_is_known_and_only_the_image_has_to_be_sent_again()
    {
        string token;
        await using (var server = await TestServer.StartAsync(Options))
        {
            using var caller = await new V2Caller(server).InitializeAsync();
            await caller.PointAsync(Ellipsoid.CentreK, Ellipsoid.CentreJ, Ellipsoid.CentreI);
            token = caller.Lease!;
        }

        await using var again = await TestServer.StartAsync(Options);
        using var client = new V2Caller(again) { Lease = token };
        await RequireImageLostAsync(client);
    }

    [Fact]
    public async Task What_is_no_lease_or_anothers_is_gone_and_what_was_released_stays_so()
    {
        var file = Path.Combine(_folder, "keys");
        var (anna, bert) = (ApiKeyFile.Create("anna"), ApiKeyFile.Create("bert"));
        await File.WriteAllLinesAsync(file, [anna.Line, bert.Line]);
        await using var server = await TestServer.StartAsync(
            Options with { KeyFile = file }, new Grpc.Core.Metadata { { "authorization", $"Bearer {anna.Key}" } });
        using var nobody = new V2Caller(server);
        Assert.Equal(401, (await V2Caller.RefusalAsync(nobody.SendAsync("POST", "/claim"))).Status);
        Assert.True((bool)(await nobody.JsonAsync("GET", "/healthz"))["ok"]!);

        using var owner = await new V2Caller(server) { Key = anna.Key }.InitializeAsync();
        using var other = new V2Caller(server) { Key = bert.Key, Lease = owner.Lease };
        Assert.Equal(410, (await V2Caller.RefusalAsync(other.SendAsync("POST", "/heartbeat"))).Status);
        Assert.True((bool)(await other.JsonAsync("POST", "/release"))["released"]!);
        await owner.JsonAsync("POST", "/heartbeat");
        // The key may also stand in the address.
        using var byAddress = new V2Caller(server, $"/u/{anna.Key}") { Lease = owner.Lease };
        await byAddress.JsonAsync("POST", "/heartbeat");

        Assert.True((bool)(await owner.JsonAsync("POST", "/release"))["released"]!);
        Assert.True((bool)(await owner.JsonAsync("POST", "/release"))["released"]!);
        Assert.Equal(410, (await V2Caller.RefusalAsync(owner.SendAsync("POST", "/heartbeat"))).Status);
        owner.Lease = null;
        Assert.Equal(410, (await V2Caller.RefusalAsync(owner.SendAsync("POST", "/heartbeat"))).Status);
    }
}
