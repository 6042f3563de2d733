using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>All DICOM files of a folder and the folders below it.</summary>
/// <param name="Files">In the order of their paths.</param>
/// <param name="Refused">Names of files that are not DICOM, or malformed, each with the reason.</param>
public sealed record DicomFolder(IReadOnlyList<DicomFile> Files, IReadOnlyList<string> Refused)
{
    private const string DirectoryStorage = "1.2.840.10008.1.3.10";

    /// <summary>Reads all headers; pixels stay on disk until a volume is made.</summary>
    /// <param name="path">A folder.</param>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    /// <exception cref="IOException">The folder or a file cannot be opened.</exception>
    public static DicomFolder Read(string path, DicomReadLimits? limits = null, CancellationToken cancellation = default)
    {
        var paths = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        Array.Sort(paths, StringComparer.Ordinal);
        var files = new DicomFile?[paths.Length];
        var refused = new string?[paths.Length];
        void Open(int n)
        {
            try
            {
                files[n] = DicomFile.Open(paths[n], limits);
            }
            catch (VolumeFormatException e)
            {
                refused[n] = e.Message;
            }
        }

        InParallel.For(paths.Length, Open, cancellation);
        return new DicomFolder(
            [.. files.OfType<DicomFile>().Where(file => file.FileMetaInfo.GetStringOrNull(DicomTag.MediaStorageSOPClassUID) != DirectoryStorage)],
            [.. refused.OfType<string>()]);
    }

    /// <summary>The series of images in the folder; segmentations are none.</summary>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    public IReadOnlyList<DicomSeries> Series(DicomReadLimits? limits = null) =>
        DicomSeries.Group(
        Files.Select(file => file.Dataset).Where(dataset =>
            dataset.Contains(DicomTag.PixelData) && dataset.GetStringOrNull(DicomTag.SOPClassUID) != DicomUID.SegmentationStorage),
        limits);
}
