using Google.Protobuf;
using Grpc.Core;
using SegBridge.Imaging.Formats;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions.Tasks;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Tasks;

public sealed class TaskCallsTests : IDisposable
{
    private const string Model = "context-2d";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "segbridge-tasks-" + Guid.NewGuid().ToString("N"));
    private readonly string _keys = Path.GetTempFileName();

    private ServerOptions Options => TestServer.Options with { Tasks = new TaskOptions { Folder = _folder } };

    [Fact]
    public async Task A_finished_slice_is_proposed_on_the_next_one_without_a_prompt_also_after_a_restart()
    {
        string task;
        await using (var server = await TestServer.StartAsync(Options))
        {
            task = (await server.Tasks.CreateTaskAsync(new CreateTaskRequest { Name = "ellipsoids" })).Id;
            var session = await SegmentedAsync(server);
            var empty = await ContextAsync(server, session, task, Ellipsoid.CentreK + 1);
            var reply = await server.Tasks.AddExamplesAsync(Examples(task, session));
            Assert.Equal((1u, true, "ellipsoids"), (reply.Task.Examples, reply.Task.Writable, reply.Task.Name));
            var png = PngFile.Read(new MemoryStream(Assert.Single(reply.Added).ThumbnailPng.ToByteArray()));
            Assert.Equal((96, 80, 3), (png.Width, png.Height, png.Channels));
            Assert.NotEqual(empty, await ContextAsync(server, session, task, Ellipsoid.CentreK + 1));
        }

        await using var again = await TestServer.StartAsync(Options);
        var found = Assert.Single((await again.Tasks.ListTasksAsync(new ListTasksRequest())).Tasks);
        Assert.Equal((task, "ellipsoids", 1u), (found.Id, found.Name, found.Examples));
        var fresh = await again.Sessions.OpenEllipsoidAsync();
        Assert.True(await ContextAsync(again, fresh, task, Ellipsoid.CentreK) > 0);
    }

    [Fact]
    public async Task Examples_are_listed_in_pages_and_removed_one_by_one()
    {
        await using var server = await TestServer.StartAsync(Options);
        var task = (await server.Tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" })).Id;
        var session = await SegmentedAsync(server);
        for (var n = 0; n < 3; n++)
        {
            await server.Tasks.AddExamplesAsync(Examples(task, session));
        }

        var all = await PageAsync(server, task, 0, 100);
        Assert.Equal(3, all.Count);
        Assert.Equal(all.Skip(1).Take(1), await PageAsync(server, task, 1, 1));
        Assert.Empty(await PageAsync(server, task, 3, 5));
        await server.Tasks.RemoveExampleAsync(new RemoveExampleRequest { TaskId = task, ExampleId = all[1] });
        Assert.Equal([all[0], all[2]], await PageAsync(server, task, 0, 10));
        Assert.Equal("b", (await server.Tasks.RenameTaskAsync(new RenameTaskRequest { TaskId = task, Name = "b" })).Name);
        await server.Tasks.RemoveTaskAsync(new RemoveTaskRequest { TaskId = task });
        Assert.Empty((await server.Tasks.ListTasksAsync(new ListTasksRequest())).Tasks);
    }

    [Fact]
    public async Task A_propagation_takes_a_task_as_context()
    {
        await using var server = await TestServer.StartAsync(Options);
        var session = await SegmentedAsync(server);
        var task = (await server.Tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" })).Id;
        await server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "other", AllowOverlap = true } });
        await server.Sessions.Predict(Ellipsoid.Clicked(session, "other")).ResultAsync();
        var examples = Examples(task, session);
        examples.SegmentId = "other";
        await server.Tasks.AddExamplesAsync(examples);
        var request = new PropagateRequest
        {
            SessionId = session, SegmentId = "liver", ModelId = Model, First = Ellipsoid.CentreK + 1, Last = Ellipsoid.CentreK + 1,
        };
        var without = Assert.Single(await FilledAsync());
        request.TaskId = task;

        var with = Assert.Single(await FilledAsync());

        Assert.NotEqual(without.Confidence, with.Confidence);
        Assert.Empty(await FilledAsync());
        request.TaskId = "x";
        await FailsAsync(StatusCode.NotFound, "task", FilledAsync);
        (request.TaskId, request.ModelId) = (task, "scribble-2d");
        await FailsAsync(StatusCode.InvalidArgument, "task_id", FilledAsync);

        async Task<List<StepResult>> FilledAsync()
        {
            using var call = server.Sessions.Propagate(request);
            return await call.ResponseStream.ReadAllAsync().Where(e => e.Result is not null).Select(e => e.Result).ToListAsync();
        }
    }

    [Fact]
    public async Task A_task_travels_as_one_archive()
    {
        await using var server = await TestServer.StartAsync(Options);
        var task = (await server.Tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" })).Id;
        await server.Tasks.AddExamplesAsync(Examples(task, await SegmentedAsync(server)));
        var archive = new MemoryStream();
        using (var call = server.Tasks.ExportTask(new ExportTaskRequest { TaskId = task }))
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                archive.Write(call.ResponseStream.Current.Data.Span);
            }
        }

        var bytes = archive.ToArray();
        var begun = await server.Tasks.ImportTaskAsync(new ImportTaskRequest { Name = "copy", Data = ByteString.CopyFrom(bytes, 0, 100) });
        Assert.Null(begun.Task);
        var done = await server.Tasks.ImportTaskAsync(
            new ImportTaskRequest { UploadId = begun.UploadId, Data = ByteString.CopyFrom(bytes, 100, bytes.Length - 100), Last = true });
        Assert.Equal(("copy", 1u), (done.Task.Name, done.Task.Examples));
        Assert.Single(await PageAsync(server, done.Task.Id, 0, 10));
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () =>
            await server.Tasks.ImportTaskAsync(new ImportTaskRequest { Data = ByteString.CopyFrom(bytes, 0, 100), Last = true }));
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () =>
            await server.Tasks.ImportTaskAsync(new ImportTaskRequest { Data = ByteString.CopyFrom(new byte[(1 << 20) + 1]) }));
    }

    [Fact]
    public async Task Wrong_requests_are_told_what_would_be_right()
    {
        await using var server = await TestServer.StartAsync(Options);
        var (tasks, session) = (server.Tasks, await SegmentedAsync(server));
        var task = (await tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" })).Id;
        await FailsAsync(StatusCode.InvalidArgument, "name", async () => await tasks.CreateTaskAsync(new CreateTaskRequest()));
        await FailsAsync(StatusCode.InvalidArgument, "slices", async () => await tasks.AddExamplesAsync(new AddExamplesRequest { TaskId = task, SessionId = session, SegmentId = "liver" }));
        await FailsAsync(StatusCode.InvalidArgument, "no voxel", async () => await tasks.AddExamplesAsync(Examples(task, session, 0)));
        await FailsAsync(StatusCode.InvalidArgument, "slice", async () => await tasks.AddExamplesAsync(Examples(task, session, 999)));
        await FailsAsync(StatusCode.NotFound, "task", async () => await tasks.AddExamplesAsync(Examples("x", session)));
        await FailsAsync(StatusCode.NotFound, "session", async () => await tasks.AddExamplesAsync(Examples(task, "x")));
        await FailsAsync(StatusCode.InvalidArgument, "limit", async () => await tasks.ListExamplesAsync(new ListExamplesRequest { TaskId = task }));
        await FailsAsync(StatusCode.NotFound, "example", async () => await tasks.RemoveExampleAsync(new RemoveExampleRequest { TaskId = task, ExampleId = ".." }));
        await FailsAsync(StatusCode.NotFound, "task", async () => await tasks.RemoveTaskAsync(new RemoveTaskRequest { TaskId = "../.." }));
        await FailsAsync(StatusCode.NotFound, "task", () => ContextAsync(server, session, "x", 6));
        var plain = Step(session, task, 6);
        plain.ModelId = "scribble-2d";
        await FailsAsync(StatusCode.InvalidArgument, "task_id", () => server.Sessions.Predict(plain).AllAsync());
    }

    [Fact]
    public async Task Without_a_folder_every_call_says_how_tasks_are_switched_on()
    {
        await using var server = await TestServer.StartAsync();
        var session = await server.Sessions.OpenEllipsoidAsync();
        var tasks = server.Tasks;
        Func<Task>[] calls =
        [
            async () => await tasks.ListTasksAsync(new ListTasksRequest()), async () => await tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" }),
            async () => await tasks.RenameTaskAsync(new RenameTaskRequest { Name = "a" }), async () => await tasks.RemoveTaskAsync(new RemoveTaskRequest()),
            async () => await tasks.AddExamplesAsync(Examples("x", session)), async () => await tasks.ListExamplesAsync(new ListExamplesRequest { Limit = 1 }),
            async () => await tasks.RemoveExampleAsync(new RemoveExampleRequest()), async () => await tasks.ImportTaskAsync(new ImportTaskRequest()),
            () => tasks.ExportTask(new ExportTaskRequest()).ResponseStream.MoveNext(CancellationToken.None),
            () => ContextAsync(server, session, "x", 6),
        ];
        foreach (var call in calls)
        {
            await FailsAsync(StatusCode.FailedPrecondition, "--task-folder", call);
        }
    }

    [Fact]
    public async Task Keys_read_each_others_tasks_and_change_their_own()
    {
        var (anna, annasLine) = ApiKeyFile.Create("anna");
        var (ben, bensLine) = ApiKeyFile.Create("ben");
        var (boss, bossLine) = ApiKeyFile.Create(TaskUser.Operator);
        await File.WriteAllLinesAsync(_keys, [annasLine, bensLine, bossLine]);
        await using var server = await TestServer.StartAsync(Options with { KeyFile = _keys }, Bearer(anna));
        var task = (await server.Tasks.CreateTaskAsync(new CreateTaskRequest { Name = "a" }, Bearer(anna))).Id;
        var rename = new RenameTaskRequest { TaskId = task, Name = "b" };

        var seen = Assert.Single((await server.Tasks.ListTasksAsync(new ListTasksRequest(), Bearer(ben))).Tasks);
        Assert.Equal((task, false), (seen.Id, seen.Writable));
        var refused = await CallExtensions.FailsAsync(StatusCode.PermissionDenied, async () => await server.Tasks.RenameTaskAsync(rename, Bearer(ben)));
        Assert.Contains("operator", refused.Status.Detail, StringComparison.Ordinal);
        await CallExtensions.FailsAsync(StatusCode.PermissionDenied, async () => await server.Tasks.RemoveTaskAsync(new RemoveTaskRequest { TaskId = task }, Bearer(ben)));
        Assert.True((await server.Tasks.RenameTaskAsync(rename, Bearer(anna))).Writable);
        Assert.True((await server.Tasks.RenameTaskAsync(rename, Bearer(boss))).Writable);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_stops_the_start_and_says_why()
    {
        await using var server = await TestServer.StartAsync(Options);
        var error = await Assert.ThrowsAsync<ServerConfigurationException>(() => ServerHost.StartAsync(Options));
        Assert.Contains("another server", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        File.Delete(_keys);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static Metadata Bearer(string key) => new() { { "authorization", $"Bearer {key}" } };

    private static async Task FailsAsync(StatusCode status, string word, Func<Task> call) =>
        Assert.Contains(word, (await CallExtensions.FailsAsync(status, call)).Status.Detail, StringComparison.Ordinal);

    private static async Task<string> SegmentedAsync(TestServer server)
    {
        var session = await server.Sessions.OpenEllipsoidAsync();
        await server.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
        return session;
    }

    private static AddExamplesRequest Examples(string task, string session, uint slice = Ellipsoid.CentreK) =>
        new() { TaskId = task, SessionId = session, SegmentId = "liver", Slices = { new GridSlice { Axis = Axis.K, Index = slice } } };

    private static PredictRequest Step(string session, string task, int slice) => new()
    {
        SessionId = session, SegmentId = "proposed", ModelId = Model, TaskId = task, Slice = new GridSlice { Axis = Axis.K, Index = (uint)slice },
    };

    /// <summary>Voxels that the context alone proposes on a slice.</summary>
    private static async Task<long> ContextAsync(TestServer server, string session, string task, int slice)
    {
        await server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "proposed", AllowOverlap = true } });
        var voxels = (long)(await server.Sessions.Predict(Step(session, task, slice)).ResultAsync()).Segment.VoxelCount;
        await server.Sessions.ResetAsync(new HistoryRequest { SessionId = session, SegmentId = "proposed" });
        return voxels;
    }

    private static async Task<List<string>> PageAsync(TestServer server, string task, uint offset, uint limit) =>
        [.. (await server.Tasks.ListExamplesAsync(new ListExamplesRequest { TaskId = task, Offset = offset, Limit = limit })).Examples.Select(example => example.Id)];
}
