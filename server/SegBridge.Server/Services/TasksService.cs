using Grpc.Core;
using SegBridge.V1;
using WireTask = SegBridge.V1.Task;

namespace SegBridge.Server.Services;

/// <summary>Tasks are part of the contract, not yet of this server.</summary>
internal sealed class TasksService : Tasks.TasksBase
{
    public override Task<WireTask> CreateTask(CreateTaskRequest request, ServerCallContext context) => throw Missing();

    public override Task<ListTasksReply> ListTasks(ListTasksRequest request, ServerCallContext context) => throw Missing();

    public override Task<WireTask> RenameTask(RenameTaskRequest request, ServerCallContext context) => throw Missing();

    public override Task<RemoveTaskReply> RemoveTask(RemoveTaskRequest request, ServerCallContext context) => throw Missing();

    public override Task<AddExamplesReply> AddExamples(AddExamplesRequest request, ServerCallContext context) => throw Missing();

    public override Task<ListExamplesReply> ListExamples(ListExamplesRequest request, ServerCallContext context) => throw Missing();

    public override Task<RemoveExampleReply> RemoveExample(RemoveExampleRequest request, ServerCallContext context) => throw Missing();

    public override System.Threading.Tasks.Task ExportTask(
        ExportTaskRequest request, IServerStreamWriter<TaskArchiveChunk> responseStream, ServerCallContext context) => throw Missing();

    public override Task<ImportTaskReply> ImportTask(ImportTaskRequest request, ServerCallContext context) => throw Missing();

    private static UnimplementedException Missing() => new("tasks and their examples; models that need no context work without them");
}
