using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>A DICOM Part 10 file: file meta information and one dataset.</summary>
/// <param name="fileMetaInfo">Group 0002; empty where the file had none.</param>
/// <param name="dataset">Everything else.</param>
public sealed class DicomFile(DicomDataset fileMetaInfo, DicomDataset dataset)
{
    /// <summary>A new file in explicit little endian.</summary>
    public DicomFile(DicomDataset dataset)
        : this(new DicomDataset(), dataset)
    {
    }

    public DicomDataset FileMetaInfo { get; } = fileMetaInfo;

    public DicomDataset Dataset { get; } = dataset;

    /// <summary>Reads a file. Large values stay on disk until they are asked for, so the file must stay as it is.</summary>
    /// <param name="path">A Part 10 file, or a dataset without meta information.</param>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    /// <exception cref="VolumeFormatException">Not DICOM, malformed, cut off or beyond the limits; starts with the file's name.</exception>
    /// <exception cref="IOException">The file cannot be opened, or the disk fails.</exception>
    public static DicomFile Open(string path, DicomReadLimits? limits = null)
    {
        using var stream = FileOnDisk.OpenRead(path, bufferSize: 0);
        try
        {
            return DicomFileReader.Read(stream, Path.GetFullPath(path), limits ?? DicomReadLimits.Default);
        }
        catch (VolumeFormatException e)
        {
            throw new VolumeFormatException($"\"{NrrdText.Quote(Path.GetFileName(path))}\": {e.Message}", e);
        }
    }

    /// <summary>Reads a file from a stream, from its position to its end, into memory; the stream is left open.</summary>
    /// <exception cref="VolumeFormatException">Not DICOM, malformed, cut off or beyond the limits.</exception>
    public static DicomFile Open(Stream stream, DicomReadLimits? limits = null) =>
        DicomFileReader.Read(stream, path: null, limits ?? DicomReadLimits.Default);

    /// <summary>Whether the first 132 bytes of a file are those of DICOM.</summary>
    public static bool HasValidHeader(ReadOnlySpan<byte> start) => DicomFileReader.HasPreamble(start);

    /// <summary>
    /// Writes Part 10 with sequences of undefined length. Pixels that are compressed keep their transfer syntax, and so
    /// does implicit little endian; everything else becomes explicit little endian.
    /// </summary>
    /// <param name="stream">Left open.</param>
    public void Save(Stream stream) => DicomFileWriter.Write(stream, Dataset);

    /// <summary>Writes a file that appears only when it is complete; an existing one is replaced.</summary>
    public void Save(string path)
    {
        var unfinished = path + ".part";
        try
        {
            using (var stream = File.Create(unfinished))
            {
                Save(stream);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
