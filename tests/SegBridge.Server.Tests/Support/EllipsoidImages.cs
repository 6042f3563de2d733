using Google.Protobuf;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Server.Tests.Support;

/// <summary>The DICOM images that the ellipsoid might have been made of: headers, no pixels.</summary>
internal static class EllipsoidImages
{
    public const string Patient = "Zebrafish^Zora";
    public const string PatientId = "ZEBRA-4711";
    public const string Study = "1.2.826.0.1.777.1";
    public const string Series = "1.2.826.0.1.777.2";
    public const string FrameOfReference = "1.2.826.0.1.777.3";

    /// <summary>One header for each slice.</summary>
    public static IEnumerable<DicomDataset> Slices() => Enumerable.Range(0, Ellipsoid.Size.K).Select(Slice);

    public static V1.DicomSource Source(IEnumerable<DicomDataset>? slices = null)
    {
        var source = new V1.DicomSource();
        source.SliceHeaders.AddRange((slices ?? Slices()).Select(slice =>
        {
            using var stream = new MemoryStream();
            new DicomFile(slice).Save(stream);
            return ByteString.CopyFrom(stream.ToArray());
        }));
        return source;
    }

    private static DicomDataset Slice(int k)
    {
        DicomDataset slice = [];
        slice.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        slice.Add(DicomTag.SOPInstanceUID, $"{Series}.{k + 1}");
        slice.Add(DicomTag.StudyDate, "20191124");
        slice.Add(DicomTag.PatientName, Patient);
        slice.Add(DicomTag.PatientID, PatientId);
        slice.Add(DicomTag.StudyInstanceUID, Study);
        slice.Add(DicomTag.SeriesInstanceUID, Series);
        slice.Add(DicomTag.FrameOfReferenceUID, FrameOfReference);
        slice.Add(DicomTag.ImagePositionPatient, -30.0, 12, 700 + (2.5 * k));
        slice.Add(DicomTag.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0);
        slice.Add(DicomTag.PixelSpacing, 0.8, 0.8);
        slice.Add(DicomTag.Rows, Ellipsoid.Size.J);
        slice.Add(DicomTag.Columns, Ellipsoid.Size.I);
        return slice;
    }
}
