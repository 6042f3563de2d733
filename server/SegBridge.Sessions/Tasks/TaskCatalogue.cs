using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks.Disk;

namespace SegBridge.Sessions.Tasks;

/// <summary>What tasks there are, who may change them, and whether there is room for more. Guarded by its store's lock.</summary>
internal sealed class TaskCatalogue
{
    private readonly Dictionary<string, StoredTask> _tasks;
    private readonly TaskOptions _options;
    private long _bytes;

    public TaskCatalogue(IEnumerable<StoredTask> tasks, TaskOptions options)
    {
        _tasks = tasks.ToDictionary(task => task.Id, StringComparer.Ordinal);
        _bytes = _tasks.Values.Sum(task => task.Bytes);
        _options = options;
    }

    public int Count => _tasks.Count;

    public IEnumerable<StoredTask> All => _tasks.Values;

    public StoredTask? Find(string taskId) => _tasks.GetValueOrDefault(taskId);

    /// <exception cref="TaskNotFoundException">No such task.</exception>
    public StoredTask Get(string taskId) => Find(taskId) ?? throw TaskNotFoundException.Task();

    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="TaskNotWritableException">It is another's.</exception>
    public StoredTask GetWritable(string taskId, TaskUser user)
    {
        var task = Get(taskId);
        return user.MayChange(task.About.Owner) ? task : throw new TaskNotWritableException();
    }

    /// <summary>Adds a task, or puts it in the place of what it was.</summary>
    public StoredTask Put(StoredTask task)
    {
        _bytes += task.Bytes - (Find(task.Id)?.Bytes ?? 0);
        return _tasks[task.Id] = task;
    }

    public void Remove(StoredTask task)
    {
        _tasks.Remove(task.Id);
        _bytes -= task.Bytes;
    }

    /// <exception cref="LimitExceededException">There is no room for another task.</exception>
    public void RequireRoomForTask()
    {
        if (_tasks.Count >= _options.MaxTasks)
        {
            throw new LimitExceededException($"the server has {_tasks.Count} tasks, the most that are allowed; remove one first");
        }
    }

    /// <param name="examples">Of one task, with what comes.</param>
    /// <param name="newBytes">Of what comes.</param>
    /// <exception cref="LimitExceededException">Too many examples or bytes.</exception>
    public void RequireRoom(int examples, long newBytes)
    {
        if (examples > _options.MaxExamplesPerTask)
        {
            throw new LimitExceededException($"a task has at most {_options.MaxExamplesPerTask} examples; remove some, or make another task");
        }

        if (newBytes > _options.MaxBytes - _bytes)
        {
            throw new LimitExceededException($"the examples of all tasks take at most {_options.MaxBytes:N0} bytes on disk; remove some first");
        }
    }
}
