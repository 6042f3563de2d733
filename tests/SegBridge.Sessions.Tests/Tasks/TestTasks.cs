using Microsoft.Extensions.Logging;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Sessions.Tests.Tasks;

/// <summary>A store in a folder of its own, deleted afterwards, and what it logs.</summary>
internal sealed class TestTasks : IDisposable, ILogger<TaskStore>
{
    public static readonly TaskUser Anna = new("anna");
    public static readonly TaskUser Ben = new("ben");

    public TestTasks(Func<TaskOptions, TaskOptions>? change = null)
    {
        var options = new TaskOptions { Folder = Folder };
        Options = change is null ? options : change(options);
        Store = new TaskStore(Options, TimeProvider.System, this);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "segbridge-tasks-" + Guid.NewGuid().ToString("N"));

    public TaskOptions Options { get; }

    public TaskStore Store { get; private set; }

    public List<string> Log { get; } = [];

    /// <summary>All files besides the lock, relative to the folder.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)).Where(file => file != ".lock").Order(StringComparer.Ordinal);

    /// <summary>A grey ramp with a square in it; <paramref name="seed"/> moves both.</summary>
    public static ExamplePicture Picture(int seed = 0, int rows = 24, int columns = 30, bool windowed = true)
    {
        var (grey, mask) = (new ushort[rows * columns], new byte[rows * columns]);
        for (var n = 0; n < grey.Length; n++)
        {
            var (row, column) = (n / columns, n % columns);
            grey[n] = (ushort)((row * 977) + (column * 1301) + (seed * 7919));
            mask[n] = row >= seed % 8 && row < (seed % 8) + 6 && column is >= 4 and < 12 ? (byte)1 : (byte)0;
        }

        return new ExamplePicture(rows, columns, grey, mask, windowed);
    }

    /// <summary>A task of Anna's with so many examples.</summary>
    public (string Task, IReadOnlyList<string> Examples) Make(int examples)
    {
        var task = Store.Create("liver", Anna).Id;
        return (task, examples == 0 ? [] : Add(task, examples));
    }

    public IReadOnlyList<string> Add(string task, int examples) =>
        Store.Add(task, Enumerable.Range(0, examples).Select(n => Picture(n)), Anna, default).Added;

    public TaskStore Reopen(Action? meanwhile = null)
    {
        Store.Dispose();
        meanwhile?.Invoke();
        return Store = new TaskStore(Options, TimeProvider.System, this);
    }

    public static void Same(ExamplePicture expected, ExamplePicture? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal((expected.Rows, expected.Columns, expected.Windowed), (actual.Rows, actual.Columns, actual.Windowed));
        Assert.Equal(expected.Grey.ToArray(), actual.Grey.ToArray());
        Assert.Equal(expected.Mask.ToArray(), actual.Mask.ToArray());
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Log)
        {
            Log.Add(formatter(state, exception));
        }
    }
}
