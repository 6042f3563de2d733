namespace SegBridge.Models.Bundles;

/// <summary>
/// Names, sizes and times of change of the files in a folder: two equal stamps mean the same content as far as the
/// file system can tell without reading.
/// </summary>
internal readonly record struct FolderStamp(string Value)
{
    public static FolderStamp Of(string folder)
    {
        try
        {
            var files = Directory.EnumerateFiles(folder)
                .Select(path => (Name: Path.GetFileName(path), File: BundleFile.Of(path)))
                .Select(found => $"{found.Name}|{(found.File.Exists ? found.File.Length : -1)}|{found.File.LastWriteTimeUtc.Ticks}")
                .Order(StringComparer.Ordinal);
            return new FolderStamp(string.Join('\n', files));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new FolderStamp(exception.Message);
        }
    }
}
