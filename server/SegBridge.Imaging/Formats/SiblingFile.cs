namespace SegBridge.Imaging.Formats;

/// <summary>Opens a second file of a volume, which must lie in the folder of the first.</summary>
internal static class SiblingFile
{
    /// <param name="path">The first file.</param>
    /// <param name="name">The name found in the first file: not trusted.</param>
    /// <exception cref="VolumeFormatException">The name leads out of the folder, or there is no such file.</exception>
    public static Stream Open(string path, string name)
    {
        name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new VolumeFormatException(
                $"the data file must be named without a folder and lie beside its header, got \"{NrrdText.Quote(name)}\"");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var sibling = new FileInfo(Path.Combine(folder, name));
        if (!sibling.Exists)
        {
            throw new VolumeFormatException($"the data file \"{NrrdText.Quote(name)}\" must lie beside its header, but is not there");
        }

        // A link could lead anywhere, which a file name of a stranger must not.
        if (sibling.LinkTarget is not null)
        {
            throw new VolumeFormatException($"the data file \"{NrrdText.Quote(name)}\" must be a file, not a link");
        }

        return sibling.OpenRead();
    }
}
