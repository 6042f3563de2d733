using SegBridge.Imaging.Dicom;

namespace SegBridge.Sessions.Archives;

/// <summary>A DICOM series in an archive, and how to make a volume of it. Prints without its identifiers.</summary>
/// <param name="Archive">As the operator named it.</param>
/// <param name="StudyInstanceUid">Null: the archive is asked.</param>
/// <param name="SeriesInstanceUid">The series.</param>
/// <param name="Options">Which stack, and what to do about slices that are not even.</param>
public sealed record SeriesReference(string Archive, string? StudyInstanceUid, string SeriesInstanceUid, DicomVolumeOptions Options)
{
    public override string ToString() => "a DICOM series in an archive";
}
