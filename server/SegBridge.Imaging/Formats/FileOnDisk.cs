namespace SegBridge.Imaging.Formats;

/// <summary>Opens files that are read in several places. A pipe cannot be, and opening one may wait for ever for who writes it.</summary>
public static class FileOnDisk
{
    /// <exception cref="VolumeFormatException">It is empty, or a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream OpenRead(string path, int bufferSize = 4096)
    {
        var file = new FileInfo(path);
        if (file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
        {
            file = target;
        }

        // Pipes and devices have no length; what a shell passes as <(…) is a link to no file.
        return File.Exists(path) && file is not { Exists: true, Length: > 0 }
            ? throw new VolumeFormatException(
                $"{NrrdText.Quote(Path.GetFileName(path))}: an empty file, or a pipe or device, which cannot be read twice; save it as a file first")
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize);
    }
}
