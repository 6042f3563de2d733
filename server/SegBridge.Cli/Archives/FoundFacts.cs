using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Archives;

/// <summary>A result of a search as it is shown.</summary>
internal interface IFound
{
    string Line { get; }
}

internal sealed record FoundStudy(
    string StudyInstanceUid, string? PatientId, string? PatientName, string? Date, IReadOnlyList<string> Modalities, string? Description, int? Series, int? Images) : IFound
{
    public string Line => $"{StudyInstanceUid}  patient {PatientId ?? "?"}, {Date ?? "no date"}, {string.Join("+", Modalities)}, {Series} series, {Images} images{(Description is null ? "" : $", \"{Description}\"")}";

    public static FoundStudy Of(DicomDataset study) => new(
        study.GetString(DicomTag.StudyInstanceUID), study.GetStringOrNull(DicomTag.PatientID), study.GetStringOrNull(DicomTag.PatientName),
        study.GetStringOrNull(DicomTag.StudyDate), study.GetStrings(DicomTag.ModalitiesInStudy), study.GetStringOrNull(DicomTag.StudyDescription),
        study.GetIntOrNull(DicomTag.NumberOfStudyRelatedSeries), study.GetIntOrNull(DicomTag.NumberOfStudyRelatedInstances));
}

internal sealed record FoundSeries(
    string? StudyInstanceUid, string SeriesInstanceUid, string? Modality, int? Number, string? Description, int? Images) : IFound
{
    public string Line => $"{SeriesInstanceUid}  {Modality ?? "?"}, number {Number}, {Images} images{(Description is null ? "" : $", \"{Description}\"")}";

    public static FoundSeries Of(DicomDataset series) => new(
        series.GetStringOrNull(DicomTag.StudyInstanceUID), series.GetString(DicomTag.SeriesInstanceUID), series.GetStringOrNull(DicomTag.Modality),
        series.GetIntOrNull(DicomTag.SeriesNumber), series.GetStringOrNull(DicomTag.SeriesDescription), series.GetIntOrNull(DicomTag.NumberOfSeriesRelatedInstances));
}

internal sealed record FoundInstance(string SopInstanceUid, string? SopClassUid, int? Number) : IFound
{
    public string Line => $"{SopInstanceUid}  number {Number}, SOP class {SopClassUid}";

    public static FoundInstance Of(DicomDataset instance) => new(
        instance.GetString(DicomTag.SOPInstanceUID), instance.GetStringOrNull(DicomTag.SOPClassUID), instance.GetIntOrNull(DicomTag.InstanceNumber));
}
