namespace SegBridge.Models.Bundles;

/// <summary>A file of a bundle; of a link, the file that it leads to, as it is where many bundles share one store of weights.</summary>
internal static class BundleFile
{
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static FileInfo Of(string path)
    {
        var file = new FileInfo(path);
        // What is not there cannot be asked where it leads.
        return file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : file;
    }
}
