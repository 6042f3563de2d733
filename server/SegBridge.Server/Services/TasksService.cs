using Google.Protobuf;
using Grpc.Core;
using SegBridge.Server.Mapping;
using SegBridge.Server.Security;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;
using WireTask = SegBridge.V1.Task;

namespace SegBridge.Server.Services;

/// <summary>Tasks and their examples. Without a store, which the operator switches on, every call says so.</summary>
internal sealed class TasksService(SessionManager sessions, TaskStore? store = null, TaskUploads? uploads = null) : Tasks.TasksBase
{
    private TaskStore Store => store ?? throw new TasksOffException();

    private TaskUploads Uploads => uploads ?? throw new TasksOffException();

    public override Task<WireTask> CreateTask(CreateTaskRequest request, ServerCallContext context) =>
        Task.FromResult(TaskMapping.ToWire(Store.Create(TaskMapping.ToName(request.Name), UserOf(context))));

    public override Task<ListTasksReply> ListTasks(ListTasksRequest request, ServerCallContext context)
    {
        var reply = new ListTasksReply();
        reply.Tasks.AddRange(Store.List(UserOf(context)).Select(TaskMapping.ToWire));
        return Task.FromResult(reply);
    }

    public override Task<WireTask> RenameTask(RenameTaskRequest request, ServerCallContext context) =>
        Task.FromResult(TaskMapping.ToWire(Store.Rename(request.TaskId, TaskMapping.ToName(request.Name), UserOf(context))));

    public override Task<RemoveTaskReply> RemoveTask(RemoveTaskRequest request, ServerCallContext context)
    {
        Store.Remove(request.TaskId, UserOf(context));
        return Task.FromResult(new RemoveTaskReply());
    }

    public override async Task<AddExamplesReply> AddExamples(AddExamplesRequest request, ServerCallContext context)
    {
        var (tasks, session, segment) = (Store, sessions.Get(request.SessionId), SegmentMapping.ToId(request.SegmentId));
        var pictures = TaskMapping.ToSlices(request).Select(slice => session.PictureOf(segment, slice));
        var (task, added) = await Task.Run(
            () => tasks.Add(request.TaskId, pictures, UserOf(context), context.CancellationToken), context.CancellationToken);
        var reply = new AddExamplesReply { Task = TaskMapping.ToWire(task) };
        reply.Added.AddRange(ToWire(request.TaskId, added, context));
        return reply;
    }

    public override Task<ListExamplesReply> ListExamples(ListExamplesRequest request, ServerCallContext context)
    {
        var reply = new ListExamplesReply();
        reply.Examples.AddRange(ToWire(request.TaskId, TaskMapping.PageOf(Store.ExamplesOf(request.TaskId), request), context));
        return Task.FromResult(reply);
    }

    public override Task<RemoveExampleReply> RemoveExample(RemoveExampleRequest request, ServerCallContext context)
    {
        Store.RemoveExample(request.TaskId, request.ExampleId, UserOf(context));
        return Task.FromResult(new RemoveExampleReply());
    }

    public override async Task ExportTask(ExportTaskRequest request, IServerStreamWriter<TaskArchiveChunk> responseStream, ServerCallContext context)
    {
        var tasks = Store;
        await using var archive = await Task.Run(() => tasks.Export(request.TaskId, context.CancellationToken), context.CancellationToken);
        var buffer = new byte[TaskMapping.ChunkBytes];
        for (int read; (read = await archive.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.CancellationToken)) > 0;)
        {
            await responseStream.WriteAsync(new TaskArchiveChunk { Data = ByteString.CopyFrom(buffer, 0, read) }, context.CancellationToken);
        }
    }

    public override async Task<ImportTaskReply> ImportTask(ImportTaskRequest request, ServerCallContext context)
    {
        var (imports, part, name) = (Uploads, TaskMapping.ToPart(request.Data), TaskMapping.ToArchiveName(request.Name));
        var (id, task) = await Task.Run(
            () => imports.Put(request.UploadId, name, part.Span, request.Last, UserOf(context), context.CancellationToken), context.CancellationToken);
        return new ImportTaskReply { UploadId = id, Task = task is null ? null : TaskMapping.ToWire(task) };
    }

    private static TaskUser UserOf(ServerCallContext context) => new(Caller.KeyNameOf(context.GetHttpContext()));

    // An example that was removed meanwhile, or turns out to be damaged, is left out.
    private IEnumerable<Example> ToWire(string taskId, IEnumerable<string> examples, ServerCallContext context)
    {
        foreach (var id in examples)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            if (Store.Read(taskId, id) is { } picture)
            {
                yield return TaskMapping.ToWire(id, picture);
            }
        }
    }
}
