using SegBridge.Sessions;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// Counts the bytes of files that clients upload, on their way and kept, and refuses before they are read. Bricks, masks and
/// history are counted by the sessions. Thread-safe.
/// </summary>
internal sealed class UploadBudget(SessionOptions sessions)
{
    /// <summary>Largest upload, bytes.</summary>
    public const int MaxUpload = 1 << 30;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly long _limit = sessions.MaxTotalBytes / 4;
    private long _held;

    /// <summary>Takes bytes until the result is disposed.</summary>
    /// <exception cref="LimitExceededException">They are not free.</exception>
    public IDisposable Take(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) > _limit)
        {
            Interlocked.Add(ref _held, -bytes);
            throw new LimitExceededException(
                $"a file of {bytes:N0} bytes does not fit: the door holds {Interlocked.Read(ref _held):N0} of {_limit:N0} bytes of uploaded files; remove some, or have it keep images on disk", RetryAfter);
        }

        return new Share(this, bytes);
    }

    private sealed class Share(UploadBudget budget, long bytes) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                Interlocked.Add(ref budget._held, -bytes);
            }
        }
    }
}
