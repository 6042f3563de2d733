namespace SegBridge.Sessions.Errors;

/// <summary>No task, or no example of it, has this id.</summary>
public sealed class TaskNotFoundException : Exception
{
    private TaskNotFoundException(string message)
        : base(message)
    {
    }

    public static TaskNotFoundException Task() => new("there is no such task; ListTasks names those there are");

    public static TaskNotFoundException Example() => new("the task has no such example; ListExamples names those it has");
}
