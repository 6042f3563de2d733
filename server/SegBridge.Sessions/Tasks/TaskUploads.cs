using System.Security.Cryptography;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tasks;

/// <summary>Archives that come in parts. One that is left half-way is given up and leaves nothing. Thread-safe.</summary>
public sealed class TaskUploads(TaskStore store, TaskOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _uploads = new(StringComparer.Ordinal);

    /// <summary>Takes the next part; the last one makes the task.</summary>
    /// <param name="uploadId">Empty in the first part, then as returned.</param>
    /// <param name="name">Of the task; empty: as another part or the archive says.</param>
    /// <param name="data">The part's bytes.</param>
    /// <param name="last">True: the archive is whole.</param>
    /// <returns>The upload's id; the task after the last part.</returns>
    /// <exception cref="InvalidRequestException">The archive is none, the upload is unknown, or two parts came at once.</exception>
    /// <exception cref="LimitExceededException">Too large, or too many uploads.</exception>
    public (string UploadId, TaskInfo? Task) Put(
        string uploadId, string name, ReadOnlySpan<byte> data, bool last, TaskUser user, CancellationToken cancellation)
    {
        var (id, upload) = Take(uploadId, user);
        var goesOn = false;
        try
        {
            if (upload.File.Length + data.Length > options.MaxArchiveBytes)
            {
                throw new LimitExceededException($"data: an archive has at most {options.MaxArchiveBytes:N0} bytes");
            }

            upload.File.Write(data);
            upload.Name = name.Length > 0 ? name : upload.Name;
            var task = last ? store.Import(upload.File, upload.Name, user, cancellation) : null;
            goesOn = !last;
            return (id, task);
        }
        finally
        {
            Return(id, upload, goesOn);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var upload in _uploads.Values)
            {
                upload.File.Dispose();
            }

            _uploads.Clear();
        }
    }

    private (string Id, Upload Upload) Take(string id, TaskUser user)
    {
        lock (_gate)
        {
            if (id.Length == 0)
            {
                return Begin(user);
            }

            if (!_uploads.TryGetValue(id, out var upload) || upload.User != user)
            {
                throw new InvalidRequestException(
                    $"upload_id: no import of that id is in progress; one is given up when a part fails or after {options.UploadIdle.TotalMinutes:0} minutes without a part. Begin again with an empty upload_id");
            }

            if (upload.IsBusy)
            {
                throw new InvalidRequestException("upload_id: the part before is still being taken; send parts one after the other");
            }

            upload.IsBusy = true;
            return (id, upload);
        }
    }

    private (string Id, Upload Upload) Begin(TaskUser user)
    {
        foreach (var (id, upload) in _uploads)
        {
            if (!upload.IsBusy && time.GetElapsedTime(upload.Seen) > options.UploadIdle)
            {
                Drop(id, upload);
            }
        }

        if (_uploads.Count >= options.MaxUploads)
        {
            throw new LimitExceededException($"{_uploads.Count} imports are in progress, the most that are allowed; try again when one has ended");
        }

        var fresh = new Upload(store.NewTemporary(), user) { IsBusy = true };
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _uploads.Add(made, fresh);
        return (made, fresh);
    }

    private void Return(string id, Upload upload, bool goesOn)
    {
        lock (_gate)
        {
            (upload.IsBusy, upload.Seen) = (false, time.GetTimestamp());
            if (!goesOn)
            {
                Drop(id, upload);
            }
        }
    }

    private void Drop(string id, Upload upload)
    {
        upload.File.Dispose();
        _uploads.Remove(id);
    }

    private sealed class Upload(FileStream file, TaskUser user)
    {
        public FileStream File { get; } = file;

        public TaskUser User { get; } = user;

        public string Name { get; set; } = string.Empty;

        public bool IsBusy { get; set; }

        public long Seen { get; set; }
    }
}
