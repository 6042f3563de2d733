namespace SegBridge.Models.Bundles;

/// <summary>A file of a bundle; of a link, the file that it leads to, as it is where many bundles share one store of weights.</summary>
internal static class BundleFile
{
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static FileInfo Of(string path)
    {
        var file = new FileInfo(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
    }
}
