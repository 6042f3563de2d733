using System.Net;
using System.Net.Http.Headers;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors.Monai;

public sealed class SessionTests : IDisposable
{
    private readonly string _keys = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keys);

    [Fact]
    public async Task A_session_that_expired_is_an_empty_answer_so_that_the_client_sends_the_image_again()
    {
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(MonaiServer.Options with { Clock = clock });
        using var client = MonaiServer.ClientOf(server);
        var made = await MonaiServer.JsonOf(await client.PutAsync("/session/?expiry=600", MonaiServer.Form(null, ("files", "a.nii.gz", MonaiServer.Image))));
        var (id, info) = ((string)made["session_id"]!, made["session_info"]!);
        Assert.Equal((600, "", ""), ((int)info["expiry"]!, (string)info["path"]!, (string)info["image"]!));
        for (var n = 0; n < 3; n++)
        {
            clock.Advance(TimeSpan.FromSeconds(500));
            Assert.NotEmpty(await MonaiServer.JsonOf(await client.GetAsync($"/session/{id}")));
        }

        Assert.Equal(MonaiServer.Image, await client.GetByteArrayAsync($"/session/{id}?image=true"));
        clock.Advance(TimeSpan.FromSeconds(700));
        Assert.Empty(await MonaiServer.JsonOf(await client.GetAsync($"/session/{id}")));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/session/not-one-of-ours")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"/session/{id}")).StatusCode);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public async Task Setting_the_clock_of_the_server_ends_neither_a_session_nor_a_token(int days)
    {
        var (key, line) = ApiKeyFile.Create("anna");
        await File.WriteAllLinesAsync(_keys, [line]);
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(MonaiServer.Options with { Clock = clock, KeyFile = _keys }, new Grpc.Core.Metadata { { "x-api-key", key } });
        using var client = MonaiServer.ClientOf(server);
        var token = (string)(await MonaiServer.JsonOf(await LogInAsync(client, key)))["access_token"]!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", token);
        var id = (string)(await MonaiServer.JsonOf(await client.PutAsync("/session/", MonaiServer.Form(null, ("files", "a.nii.gz", MonaiServer.Image)))))["session_id"]!;

        clock.Set(TimeSpan.FromDays(days));
        Assert.NotEmpty(await MonaiServer.JsonOf(await client.GetAsync($"/session/{id}")));

        clock.Advance(TimeSpan.FromHours(13));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/auth/token/valid")).StatusCode);
    }

    [Fact]
    public async Task A_user_who_thinks_for_twenty_minutes_goes_on_where_he_was()
    {
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(MonaiServer.Options with { Clock = clock });
        using var client = MonaiServer.ClientOf(server);
        var id = (string)(await MonaiServer.JsonOf(await client.PutAsync("/session/", MonaiServer.Form(null, ("files", "a.nii.gz", MonaiServer.Image)))))["session_id"]!;
        var manager = (SegBridge.Sessions.SessionManager)server.Running.Services.GetService(typeof(SegBridge.Sessions.SessionManager))!;
        for (var minute = 0; minute < 20; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, manager.Count);
        for (var minute = 0; minute < 20; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        // Idle for too long: closed, and opened again from the upload when it is needed.
        Assert.Equal(0, manager.Count);
        using var reply = await client.PostAsync($"/infer/scribble-2d?session_id={id}", MonaiServer.Form("""{"foreground": [[50, 38, 6]]}"""));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task The_password_is_a_key_and_sessions_belong_to_it()
    {
        var ((anna, one), (ben, two)) = (ApiKeyFile.Create("anna"), ApiKeyFile.Create("ben"));
        await File.WriteAllLinesAsync(_keys, [one, two]);
        await using var server = await TestServer.StartAsync(
            MonaiServer.Options with { KeyFile = _keys }, new Grpc.Core.Metadata { { "authorization", $"Bearer {anna}" } });
        using var client = MonaiServer.ClientOf(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/info/")).StatusCode);
        Assert.True((bool)(await MonaiServer.JsonOf(await client.GetAsync("/auth/")))["enabled"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync(client, "guess")).StatusCode);
        var token = (string)(await MonaiServer.JsonOf(await LogInAsync(client, anna)))["access_token"]!;
        Assert.NotEqual(anna, token);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/auth/token/valid")).StatusCode);
        var id = (string)(await MonaiServer.JsonOf(await client.PutAsync("/session/", MonaiServer.Form(null, ("files", "a.nii.gz", MonaiServer.Image)))))["session_id"]!;
        Assert.NotEmpty(await MonaiServer.JsonOf(await client.GetAsync($"/session/{id}")));

        client.DefaultRequestHeaders.Authorization = null;
        Assert.NotEmpty(await MonaiServer.JsonOf(await client.GetAsync($"/u/{anna}/session/{id}")));
        Assert.Empty(await MonaiServer.JsonOf(await client.GetAsync($"/u/{ben}/session/{id}")));
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync($"/u/{ben}/infer/scribble-2d?session_id={id}", MonaiServer.Form("{}"))).StatusCode);

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", token + "0");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/auth/token/valid")).StatusCode);
    }

    [Fact]
    public async Task Without_keys_anybody_may_log_in_and_nobody_has_to()
    {
        await using var server = await TestServer.StartAsync(MonaiServer.Options);
        using var client = MonaiServer.ClientOf(server);
        Assert.False((bool)(await MonaiServer.JsonOf(await client.GetAsync("/auth/")))["enabled"]!);
        Assert.NotEmpty((string)(await MonaiServer.JsonOf(await LogInAsync(client, "anything")))["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/auth/token/valid")).StatusCode);
        Assert.Contains("standard error", await client.GetStringAsync("/logs/"), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> LogInAsync(HttpClient client, string password) => client.PostAsync("/auth/token", new FormUrlEncodedContent(
        new Dictionary<string, string> { ["username"] = "somebody", ["password"] = password, ["grant_type"] = "password" }));
}
