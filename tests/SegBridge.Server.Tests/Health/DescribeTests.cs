using Grpc.Core;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Health;

public sealed class DescribeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segbridge-describe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_bare_server_has_no_users_and_neither_tasks_nor_journals()
    {
        await using var server = await TestServer.StartAsync();

        var described = await server.Describing.DescribeAsync(new DescribeRequest());

        Assert.Equal((1u, "", false, false), (described.ContractVersion, described.User, described.TasksEnabled, described.JournalEnabled));
        Assert.Matches(@"^\d+\.\d+\.\d+", described.ServerVersion);
        var session = await server.Sessions.OpenSessionAsync(Ellipsoid.Open());
        Assert.Equal(session.ServerVersion, described.ServerVersion);
    }

    [Fact]
    public async Task What_is_switched_on_is_told_and_who_calls_but_only_with_a_key()
    {
        var (key, line) = ApiKeyFile.Create("ward-3");
        var keys = Path.Combine(_folder.FullName, "keys");
        await File.WriteAllTextAsync(keys, line);
        var credentials = new Metadata { { "authorization", $"Bearer {key}" } };
        var options = TestServer.Options with
        {
            KeyFile = keys,
            Tasks = new TaskOptions { Folder = Path.Combine(_folder.FullName, "tasks") },
            Journal = new JournalOptions { Folder = Path.Combine(_folder.FullName, "journals") },
        };
        await using var server = await TestServer.StartAsync(options, credentials);

        var described = await server.Describing.DescribeAsync(new DescribeRequest(), credentials);

        Assert.Equal(("ward-3", true, true), (described.User, described.TasksEnabled, described.JournalEnabled));
        await CallExtensions.FailsAsync(StatusCode.Unauthenticated, async () => await server.Describing.DescribeAsync(new DescribeRequest()));
    }
}
