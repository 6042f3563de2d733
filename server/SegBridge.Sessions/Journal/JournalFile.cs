namespace SegBridge.Sessions.Journal;

/// <summary>
/// A journal on disk, open for this process alone and readable by its user only. An appended act is with the operating
/// system when the call returns; <see cref="Sync"/> brings it onto the disk. Not thread-safe but for Sync.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private readonly FileStream _file;
    private uint _lastCrc;
    private long _length;

    private JournalFile(FileStream file) => _file = file;

    /// <exception cref="IOException">The file cannot be made; UnauthorizedAccessException likewise.</exception>
    public static JournalFile Create(string path) => new(Open(path, FileMode.CreateNew));

    /// <summary>Reads a journal to go on with it: what is damaged is cut off.</summary>
    /// <exception cref="IOException">Another process has it open, or it cannot be read.</exception>
    public static (JournalFile File, JournalText Text) Continue(string path)
    {
        var file = new JournalFile(Open(path, FileMode.Open));
        try
        {
            var bytes = new byte[file._file.Length];
            file._file.ReadExactly(bytes);
            var text = JournalText.Read(bytes);
            (file._lastCrc, file._length) = (text.LastCrc, text.Length);
            return (file, text);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a session, of this process or another, has the journal open.</summary>
    public static bool IsInUse(string path)
    {
        try
        {
            Open(path, FileMode.Open).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Adds an act behind the last one; whatever else was there is overwritten or cut.</summary>
    /// <exception cref="IOException">The disk is full or gone; nothing of the act is left in the file if that can be helped.</exception>
    public void Append(Act act)
    {
        var (crc, line) = JournalLine.Write(act, _lastCrc);
        if (_file.Length != _length)
        {
            _file.SetLength(_length);
        }

        RandomAccess.Write(_file.SafeFileHandle, line, _length);
        (_lastCrc, _length) = (crc, _length + line.Length);
    }

    public void Sync() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
