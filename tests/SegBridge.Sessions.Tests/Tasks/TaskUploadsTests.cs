using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Sessions.Tests.Tasks;

public sealed class TaskUploadsTests : IDisposable
{
    private readonly TestTasks _test = new(options => options with { MaxUploads = 2, MaxArchiveBytes = 100_000 });
    private readonly Clock _clock = new();
    private readonly TaskUploads _uploads;
    private readonly byte[] _archive;

    public TaskUploadsTests()
    {
        _uploads = new TaskUploads(_test.Store, _test.Options, _clock);
        using var file = _test.Store.Export(_test.Make(2).Task, default);
        _archive = new byte[file.Length];
        file.ReadExactly(_archive);
    }

    [Fact]
    public void An_archive_may_come_in_parts_of_any_size()
    {
        var upload = "";
        for (var at = 0; at < _archive.Length; at += 100)
        {
            var (id, task) = Put(upload, _archive.AsSpan(at, Math.Min(100, _archive.Length - at)));
            Assert.Null(task);
            Assert.True(upload.Length == 0 || id == upload);
            upload = id;
        }

        var made = Put(upload, [], last: true).Task!;
        Assert.Equal((2, "liver"), (made.Examples, made.Name));
        Assert.Throws<InvalidRequestException>(() => Put(upload, []));
        Assert.Equal(2 * ((2 * 3) + 1), _test.Files.Count());
    }

    [Fact]
    public void Only_who_began_an_import_goes_on_with_it()
    {
        var upload = Put("", _archive).UploadId;
        Assert.Throws<InvalidRequestException>(() => _uploads.Put(upload, "", [], last: true, TestTasks.Ben, default));
        Assert.NotNull(Put(upload, [], last: true).Task);
    }

    [Fact]
    public void Imports_are_bounded_and_those_left_half_way_leave_nothing()
    {
        var files = _test.Files.ToArray();
        var left = Put("", _archive.AsSpan(0, 50)).UploadId;
        Put("", _archive.AsSpan(0, 50));
        Assert.Throws<LimitExceededException>(() => Put("", [1]));

        _clock.Now += _test.Options.UploadIdle + TimeSpan.FromSeconds(1);
        var fresh = Put("", _archive).UploadId;
        Assert.Contains("upload_id", Assert.Throws<InvalidRequestException>(() => Put(left, [])).Message, StringComparison.Ordinal);
        Assert.Throws<LimitExceededException>(() => Put(fresh, new byte[100_000]));
        Assert.Throws<InvalidRequestException>(() => Put(fresh, []));
        Assert.Equal(files, _test.Files);
    }

    public void Dispose()
    {
        _uploads.Dispose();
        _test.Dispose();
    }

    private (string UploadId, TaskInfo? Task) Put(string upload, ReadOnlySpan<byte> data, bool last = false) =>
        _uploads.Put(upload, "", data, last, TestTasks.Anna, default);

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
