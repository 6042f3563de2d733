using Grpc.Core;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Security;

public sealed class KeyTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Only_calls_with_a_right_key_pass_and_health_needs_none()
    {
        var (key, line) = ApiKeyFile.Create("ward-3");
        var chosen = ApiKeyFile.LineForChosenKey("chosen", "correct horse battery");
        await File.WriteAllLinesAsync(_file, ["# keys", "", line, chosen]);
        Assert.DoesNotContain(key, line, StringComparison.Ordinal);
        await using var server = await TestServer.StartAsync(TestServer.Options with { KeyFile = _file }, Bearer(key));

        var missing = await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, null));
        Assert.Contains("needs a key", missing.Status.Detail, StringComparison.Ordinal);
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, Bearer(key + "x")));
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, Bearer("")));
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, new Metadata { { "authorization", $"Basic {key}" } }));
        await ListAsync(server, Bearer(key));
        await ListAsync(server, new Metadata { { "x-api-key", key } });
        await ListAsync(server, Bearer("correct horse battery"));
        await server.Health.CheckAsync(new Grpc.Health.V1.HealthCheckRequest());

        using var web = server.NewWebClient();
        Assert.Equal(16, (await Web.WebReply.CallAsync(web, "/segbridge.v1.Models/ListModels", Web.WebReply.Frame(new ListModelsRequest()))).Status);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_while_a_known_key_goes_on_working()
    {
        var (key, line) = ApiKeyFile.Create("ward-3");
        await File.WriteAllLinesAsync(_file, [line]);
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(
            TestServer.Options with { KeyFile = _file, Clock = clock, Limits = new LimitSettings { FailedKeysPerMinute = 5 } }, Bearer(key));

        var refused = 0;
        for (var n = 0; n < 10; n++)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => ListAsync(server, Bearer($"guess-{n}")));
            refused += error.StatusCode == StatusCode.ResourceExhausted ? 1 : 0;
            Assert.Equal(error.StatusCode == StatusCode.ResourceExhausted, error.Trailers.Get("grpc-retry-pushback-ms") is not null);
        }

        // One of the five attempts went to the right key's first call.
        Assert.Equal(6, refused);
        await ListAsync(server, Bearer(key));
        clock.Advance(TimeSpan.FromMinutes(1));
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, Bearer("guess")));
    }

    [Fact]
    public async Task A_withdrawn_key_stops_working_without_a_restart()
    {
        var (key, line) = ApiKeyFile.Create("gone");
        var (other, otherLine) = ApiKeyFile.Create("stays");
        await File.WriteAllLinesAsync(_file, [line, otherLine]);
        var clock = new ManualClock();
        await using var server = await TestServer.StartAsync(TestServer.Options with { KeyFile = _file, Clock = clock }, Bearer(key));
        await ListAsync(server, Bearer(key));

        await File.WriteAllLinesAsync(_file, [otherLine]);
        clock.Advance(TimeSpan.FromSeconds(2));
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, () => ListAsync(server, Bearer(key)));
        await ListAsync(server, Bearer(other));

        // A broken file leaves the keys as they are.
        await File.WriteAllTextAsync(_file, "half a li");
        clock.Advance(TimeSpan.FromSeconds(2));
        await ListAsync(server, Bearer(other));
    }

    [Theory]
    [InlineData("no colon")]
    [InlineData("name:md5$AAAAAAAAAAA=$AAAA")]
    [InlineData("name:sha256$AAAAAAAAAAA=$AAAA")]
    [InlineData("two words:sha256$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_key_file_of_another_form_keeps_the_server_from_starting(string line)
    {
        await File.WriteAllTextAsync(_file, line);
        var error = await Assert.ThrowsAsync<ServerConfigurationException>(() => ServerHost.StartAsync(TestServer.Options with { KeyFile = _file }));
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }

    private static async Task ListAsync(TestServer server, Metadata? credentials) => await server.Models.ListModelsAsync(new ListModelsRequest(), credentials);

    private static Metadata Bearer(string key) => new() { { "authorization", $"Bearer {key}" } };
}
