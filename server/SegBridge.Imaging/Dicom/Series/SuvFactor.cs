using System.Globalization;

namespace SegBridge.Imaging.Dicom;

/// <summary>Standardised uptake by body weight: SUV = activity concentration · weight / dose at the start of the scan.</summary>
internal static class SuvFactor
{
    private static readonly string[] TimeFormats = ["HHmmss.FFFFFF", "HHmmss", "HHmm", "HH"];

    private static readonly string[] DateTimeFormats = ["yyyyMMddHHmmss.FFFFFF", "yyyyMMddHHmmss", "yyyyMMddHHmm"];

    /// <summary>Grams per millilitre for a value of 1 Bq/ml; null, with a note, where something needed is not in the file.</summary>
    public static double? Of(DicomDataset dataset, List<string> notes)
    {
        if (dataset.GetStringOrNull(DicomTag.Modality) != "PT")
        {
            return null;
        }

        var factor = Compute(dataset, out var missing);
        notes.Add(factor is null
            ? $"SUV cannot be computed: {missing}"
            : string.Create(CultureInfo.InvariantCulture, $"values are Bq/ml; SUV by body weight is the value times {factor:G6}"));
        return factor;
    }

    private static double? Compute(DicomDataset dataset, out string missing)
    {
        missing = "the values are not in Bq/ml";
        if (dataset.GetStringOrNull(DicomTag.Units) != "BQML")
        {
            return null;
        }

        missing = "weight, dose or half-life is not in the file";
        var injection = dataset.GetItemOfSequence(DicomTag.RadiopharmaceuticalInformationSequence) ?? [];
        var kilograms = dataset.GetDoubleOrNull(DicomTag.PatientWeight) ?? 0;
        var becquerels = injection.GetDoubleOrNull(DicomTag.RadionuclideTotalDose) ?? 0;
        var halfLife = injection.GetDoubleOrNull(DicomTag.RadionuclideHalfLife) ?? 0;
        if (kilograms <= 0 || becquerels <= 0 || halfLife <= 0)
        {
            return null;
        }

        if (dataset.GetStringOrNull(DicomTag.DecayCorrection) == "ADMIN")
        {
            return kilograms * 1000 / becquerels;
        }

        missing = "the times of injection and scan are not in the file";
        var scan = TimeOf(dataset, DicomTag.SeriesDate, dataset.GetStringOrNull(DicomTag.SeriesTime));
        var seconds = (scan - InjectionTime(dataset, injection))?.TotalSeconds;
        return dataset.GetStringOrNull(DicomTag.DecayCorrection) == "START" && seconds is >= 0 and <= 86400
            ? kilograms * 1000 / (becquerels * Math.Pow(2, -seconds.Value / halfLife))
            : null;
    }

    private static DateTime? InjectionTime(DicomDataset dataset, DicomDataset injection) =>
        injection.GetStringOrNull(DicomTag.RadiopharmaceuticalStartDateTime) is { } text
            && DateTime.TryParseExact(text.Split('+', '-')[0], DateTimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : TimeOf(dataset, DicomTag.SeriesDate, injection.GetStringOrNull(DicomTag.RadiopharmaceuticalStartTime));

    private static DateTime? TimeOf(DicomDataset dataset, DicomTag date, string? time) =>
        DateTime.TryParseExact(dataset.GetStringOrNull(date), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && DateTime.TryParseExact(time, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)
            ? day.Date + clock.TimeOfDay
            : null;
}
