namespace SegBridge.Imaging.Dicom.Web;

/// <summary>An instance to be stored, as the bytes of a Part 10 file.</summary>
/// <param name="Length">Number of bytes.</param>
/// <param name="Open">Gives them from the first on, at every call.</param>
public sealed record StoreObject(string SOPInstanceUID, long Length, Func<Stream> Open)
{
    /// <summary>An object of this program's making, held in memory.</summary>
    /// <exception cref="Formats.VolumeFormatException">It has no SOP Instance UID.</exception>
    public static StoreObject Of(DicomFile file)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        var (bytes, length) = (stream.GetBuffer(), (int)stream.Length);
        return new StoreObject(file.Dataset.GetString(DicomTag.SOPInstanceUID), length, () => new MemoryStream(bytes, 0, length, writable: false));
    }

    /// <summary>A file, which is stored as it is.</summary>
    /// <exception cref="Formats.VolumeFormatException">It is not DICOM, or no object but a directory of such.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StoreObject OfFile(string path) =>
        new(DicomFile.Open(path).Dataset.GetString(DicomTag.SOPInstanceUID), new FileInfo(path).Length, () => File.OpenRead(path));
}
