using Microsoft.Extensions.Logging;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks.Disk;

namespace SegBridge.Sessions.Tasks;

/// <summary>
/// The tasks of a server and their examples, on disk. Every change appears by one rename, so that a server killed at any
/// moment leaves what was there before or after it. Thread-safe.
/// </summary>
public sealed class TaskStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCatalogue _tasks;
    private readonly TaskFolder _folder;
    private readonly TaskOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TaskStore> _log;

    /// <summary>Reads the list of what is there; damaged tasks and examples are left aside and named in the log.</summary>
    /// <exception cref="ArgumentException">No folder is named.</exception>
    /// <exception cref="TaskFolderException">The folder is in use, holds something else, or cannot be written to.</exception>
    public TaskStore(TaskOptions options, TimeProvider time, ILogger<TaskStore> log)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Folder, nameof(options));
        (_options, _time, _log) = (options, time, log);
        _folder = TaskFolder.Open(options.Folder);
        _tasks = new TaskCatalogue(_folder.Read(log), options);
        var examples = _tasks.All.Sum(task => task.Examples.Count);
        TasksLog.On(log, options.Folder, _tasks.Count, examples);
    }

    /// <summary>All tasks by name.</summary>
    public IReadOnlyList<TaskInfo> List(TaskUser user)
    {
        lock (_gate)
        {
            return [.. _tasks.All.Select(task => task.InfoFor(user)).OrderBy(task => task.Name, StringComparer.Ordinal).ThenBy(task => task.Id, StringComparer.Ordinal)];
        }
    }

    /// <param name="name">1..100 printable characters.</param>
    /// <exception cref="InvalidRequestException">The name is none.</exception>
    /// <exception cref="LimitExceededException">There are too many tasks.</exception>
    public TaskInfo Create(string name, TaskUser user) => TaskFolder.Writing(() =>
    {
        using var work = _folder.Work.NewFolder();
        return Appear(work, Named(name, user.KeyName), [], user);
    });

    /// <exception cref="InvalidRequestException">The name is none.</exception>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="TaskNotWritableException">It is another's.</exception>
    public TaskInfo Rename(string taskId, string name, TaskUser user) => TaskFolder.Writing(() =>
    {
        lock (_gate)
        {
            var task = _tasks.GetWritable(taskId, user);
            var about = Named(name, task.About.Owner);
            using var file = _folder.Work.NewPlace();
            PrivateFiles.Write(file.Path, about.Write);
            File.Move(file.Path, Path.Combine(_folder.Of(taskId), TaskAbout.FileName), overwrite: true);
            return _tasks.Put(task with { About = about }).InfoFor(user);
        }
    });

    /// <summary>Deletes a task and its examples.</summary>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="TaskNotWritableException">It is another's.</exception>
    public void Remove(string taskId, TaskUser user) => TaskFolder.Writing(() =>
    {
        lock (_gate)
        {
            var task = _tasks.GetWritable(taskId, user);
            _tasks.Remove(task);
            _folder.Work.Delete(_folder.Of(taskId));
            return task;
        }
    });

    /// <summary>Adds all pictures or, when one of them fails, none.</summary>
    /// <param name="pictures">Taken one after the other, outside of any lock.</param>
    /// <returns>The task afterwards and the ids of the new examples.</returns>
    /// <exception cref="LimitExceededException">Too many examples or bytes.</exception>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="TaskNotWritableException">It is another's.</exception>
    public (TaskInfo Task, IReadOnlyList<string> Added) Add(
        string taskId, IEnumerable<ExamplePicture> pictures, TaskUser user, CancellationToken cancellation) => TaskFolder.Writing(() =>
    {
        StoredTask before;
        lock (_gate)
        {
            before = _tasks.GetWritable(taskId, user);
        }

        using var work = _folder.Work.NewFolder();
        var added = Write(work, pictures, before.Examples.Count, cancellation);
        lock (_gate)
        {
            var task = _tasks.GetWritable(taskId, user);
            _tasks.RequireRoom(task.Examples.Count + added.Count, added.Sum(example => example.Bytes));
            foreach (var example in added)
            {
                Directory.Move(Path.Combine(work.Path, example.Id), _folder.Of(taskId, example.Id));
                task = _tasks.Put(task with { Examples = StoredTask.Ordered(task.Examples.Add(example)) });
            }

            return (task.InfoFor(user), (IReadOnlyList<string>)[.. added.Select(example => example.Id)]);
        }
    });

    /// <summary>The ids of a task's examples in the order in which they were added.</summary>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    public IReadOnlyList<string> ExamplesOf(string taskId)
    {
        lock (_gate)
        {
            return [.. _tasks.Get(taskId).Examples.Select(example => example.Id)];
        }
    }

    /// <summary>An example's pictures.</summary>
    /// <returns>Null when it is gone, or damaged: then it is left aside from now on and named in the log.</returns>
    public ExamplePicture? Read(string taskId, string exampleId)
    {
        StoredExample? example;
        lock (_gate)
        {
            example = _tasks.Find(taskId)?.Find(exampleId);
        }

        try
        {
            return example is null ? null : ExampleFiles.Read(_folder.Of(taskId, exampleId), example.Windowed);
        }
        catch (InvalidDataException error)
        {
            lock (_gate)
            {
                if (_tasks.Find(taskId) is { } task && task.Find(exampleId) is { } still)
                {
                    TasksLog.ExampleDamaged(_log, exampleId, taskId, error.Message);
                    _tasks.Put(task with { Examples = task.Examples.Remove(still) });
                }
            }

            return null;
        }
    }

    /// <exception cref="TaskNotFoundException">No such task or example.</exception>
    /// <exception cref="TaskNotWritableException">The task is another's.</exception>
    public void RemoveExample(string taskId, string exampleId, TaskUser user) => TaskFolder.Writing(() =>
    {
        lock (_gate)
        {
            var task = _tasks.GetWritable(taskId, user);
            var example = task.Find(exampleId) ?? throw TaskNotFoundException.Example();
            _folder.Work.Delete(_folder.Of(taskId, exampleId));
            return _tasks.Put(task with { Examples = task.Examples.Remove(example) });
        }
    });

    /// <summary>A task as one archive.</summary>
    /// <returns>A temporary file at its start, which is deleted when it is closed.</returns>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    public FileStream Export(string taskId, CancellationToken cancellation) => TaskFolder.Writing(() =>
    {
        StoredTask task;
        lock (_gate)
        {
            task = _tasks.Get(taskId);
        }

        var file = NewTemporary();
        try
        {
            TaskArchive.Write(file, task.About.Name, task.Examples.Select(example => Read(taskId, example.Id)).OfType<ExamplePicture>(), cancellation);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>Makes a task of an archive, wholly or not at all.</summary>
    /// <param name="archive">See <see cref="Export"/>.</param>
    /// <param name="name">Empty: the name in the archive.</param>
    /// <exception cref="InvalidRequestException">It is no archive of a task, or the name is none.</exception>
    /// <exception cref="LimitExceededException">Too many tasks, examples or bytes.</exception>
    public TaskInfo Import(FileStream archive, string name, TaskUser user, CancellationToken cancellation) => TaskFolder.Writing(() =>
    {
        using var work = _folder.Work.NewFolder();
        using var content = TaskArchive.Open(archive, _options.MaxExamplesPerTask);
        var about = Named(name.Length > 0 ? name : content.Name, user.KeyName);
        return Appear(work, about, Write(work, content.Pictures(), 0, cancellation), user);
    });

    /// <summary>An empty file that is deleted when it is closed.</summary>
    internal FileStream NewTemporary() => PrivateFiles.Open(_folder.Work.NewPlace().Path, FileMode.CreateNew, FileOptions.DeleteOnClose);

    public void Dispose() => _folder.Dispose();

    private static TaskAbout Named(string name, string? owner) => TaskAbout.IsName(name)
        ? new TaskAbout(name, owner)
        : throw new InvalidRequestException($"name: must have 1..{TaskAbout.MaxName} printable characters, got {name.Length}");

    private List<StoredExample> Write(WorkFolder.Place work, IEnumerable<ExamplePicture> pictures, int before, CancellationToken cancellation)
    {
        var written = new List<StoredExample>();
        foreach (var picture in pictures)
        {
            cancellation.ThrowIfCancellationRequested();
            var (id, created) = (TaskFolder.NewId(), _time.GetUtcNow().AddTicks(written.Count));
            var folder = Path.Combine(work.Path, id);
            PrivateFiles.MakeFolder(folder);
            written.Add(new StoredExample(id, created, picture.Windowed, ExampleFiles.Write(folder, picture, created)));
            lock (_gate)
            {
                _tasks.RequireRoom(before + written.Count, written.Sum(example => example.Bytes));
            }
        }

        return written;
    }

    private TaskInfo Appear(WorkFolder.Place work, TaskAbout about, IEnumerable<StoredExample> examples, TaskUser user)
    {
        PrivateFiles.Write(Path.Combine(work.Path, TaskAbout.FileName), about.Write);
        var task = new StoredTask(TaskFolder.NewId(), about, StoredTask.Ordered(examples));
        lock (_gate)
        {
            _tasks.RequireRoomForTask();
            _tasks.RequireRoom(task.Examples.Count, task.Bytes);
            Directory.Move(work.Path, _folder.Of(task.Id));
            return _tasks.Put(task).InfoFor(user);
        }
    }
}
