namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>Folders and files that only the server's own user can read. On Windows they inherit their folder's rights.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, or closes one that is there to others.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerFolder);
        if (File.GetUnixFileMode(path) != OwnerFolder)
        {
            File.SetUnixFileMode(path, OwnerFolder);
        }
    }

    /// <summary>Opens a new file, or one that is there, which nobody else may have open.</summary>
    public static FileStream Open(string path, FileMode mode, FileOptions options = FileOptions.None)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = options };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, how);
    }

    /// <summary>Writes a new file through to the disk, so that a rename after it never shows a torn one.</summary>
    /// <returns>Its length.</returns>
    public static long Write(string path, Action<Stream> write)
    {
        using var file = Open(path, FileMode.CreateNew);
        write(file);
        file.Flush(flushToDisk: true);
        return file.Length;
    }
}
