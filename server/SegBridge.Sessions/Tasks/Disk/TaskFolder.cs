using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>
/// The folder of all tasks: a folder for each, in it <c>task.json</c> and a folder for each example. Held by one server at
/// a time.
/// </summary>
internal sealed partial class TaskFolder : IDisposable
{
    private const string ClaimName = ".lock";
    private const string WorkName = ".work";

    private readonly string _path;
    private readonly FileStream _claim;

    private TaskFolder(string path, FileStream claim)
    {
        (_path, _claim) = (path, claim);
        Work = new WorkFolder(Path.Combine(path, WorkName));
    }

    public WorkFolder Work { get; }

    /// <exception cref="TaskFolderException">It is in use, holds something else, or cannot be written to.</exception>
    public static TaskFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(Path.Combine(path, ClaimName)))
            {
                throw new TaskFolderException($"the task folder {path} holds other things; name an empty folder or one that does not exist");
            }

            PrivateFiles.MakeFolder(path);
            return new TaskFolder(path, PrivateFiles.Open(Path.Combine(path, ClaimName), FileMode.OpenOrCreate));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TaskFolderException($"the task folder {path} cannot be used; is another server using it? {error.Message}", error);
        }
    }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Where a task is.</summary>
    public string Of(string taskId) => Path.Combine(_path, taskId);

    /// <summary>Where an example is.</summary>
    public string Of(string taskId, string exampleId) => Path.Combine(_path, taskId, exampleId);

    /// <summary>All tasks on disk. What is damaged is left aside and named in the log.</summary>
    public IEnumerable<StoredTask> Read(ILogger log)
    {
        foreach (var folder in FoldersIn(_path))
        {
            var id = Path.GetFileName(folder);
            TaskAbout about;
            try
            {
                about = ReadAbout(folder);
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                TasksLog.TaskDamaged(log, id, error.Message);
                continue;
            }

            yield return new StoredTask(id, about, StoredTask.Ordered(ReadExamples(folder, id, log)));
        }
    }

    /// <summary>Changes something in a task folder.</summary>
    /// <exception cref="TaskFolderException">The disk does not let it.</exception>
    public static T Writing<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TaskFolderException("the server cannot write to its task folder; its operator should look whether the disk is full or rights changed", error);
        }
    }

    public void Dispose() => _claim.Dispose();

    private static List<StoredExample> ReadExamples(string task, string taskId, ILogger log)
    {
        var examples = new List<StoredExample>();
        foreach (var folder in FoldersIn(task))
        {
            var id = Path.GetFileName(folder);
            try
            {
                var (about, bytes) = ExampleFiles.Inspect(folder);
                examples.Add(new StoredExample(id, about.Created, about.Windowed, bytes));
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                TasksLog.ExampleDamaged(log, id, taskId, error.Message);
            }
        }

        return examples;
    }

    private static TaskAbout ReadAbout(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, TaskAbout.FileName));
        return file is { Exists: true, Length: <= TaskAbout.MaxBytes }
            ? TaskAbout.Parse(File.ReadAllBytes(file.FullName))
            : throw new InvalidDataException($"{TaskAbout.FileName} is missing or too large");
    }

    private static IEnumerable<string> FoldersIn(string path) =>
        Directory.EnumerateDirectories(path).Where(folder => Id().IsMatch(Path.GetFileName(folder)));

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Id();
}
