using Microsoft.Extensions.Logging;

namespace SegBridge.Sessions.Tasks;

/// <summary>What tasks write to the log: ids and counts, no names and nothing of the pictures.</summary>
internal static partial class TasksLog
{
    [LoggerMessage(EventId = 10, EventName = "TasksOn", Level = LogLevel.Information, Message = "Tasks are on: image slices and masks of examples rest on disk in {Folder} until they are removed; {Tasks} tasks, {Examples} examples")]
    public static partial void On(ILogger log, string folder, int tasks, int examples);

    [LoggerMessage(EventId = 11, EventName = "TaskDamaged", Level = LogLevel.Error, Message = "task {Task} is left aside, its files stay: {Reason}")]
    public static partial void TaskDamaged(ILogger log, string task, string reason);

    [LoggerMessage(EventId = 12, EventName = "ExampleDamaged", Level = LogLevel.Error, Message = "example {Example} of task {Task} is left aside, its files stay: {Reason}")]
    public static partial void ExampleDamaged(ILogger log, string example, string task, string reason);
}
