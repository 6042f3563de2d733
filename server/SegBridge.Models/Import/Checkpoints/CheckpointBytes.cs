using Microsoft.Win32.SafeHandles;

namespace SegBridge.Models.Import.Checkpoints;

/// <summary>A file read at any place. Safe for concurrent use.</summary>
internal sealed class CheckpointBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <exception cref="CheckpointException">It cannot be opened.</exception>
    public CheckpointBytes(string path)
    {
        try
        {
            _handle = File.OpenHandle(path);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"the checkpoint cannot be read: {exception.Message}");
        }
    }

    public long Length { get; }

    /// <summary>Fills the destination.</summary>
    /// <exception cref="CheckpointException">The file ends before.</exception>
    public void Read(long position, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_handle, destination, position);
            }
            catch (IOException exception)
            {
                throw new CheckpointException($"the checkpoint cannot be read: {exception.Message}");
            }

            if (read == 0)
            {
                throw new CheckpointException("the checkpoint is cut short: get the file again");
            }

            destination = destination[read..];
            position += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
