namespace SegBridge.Imaging.Dicom;

/// <summary>A concept of a terminology (PS3.3 section 8).</summary>
/// <param name="Value">"85756007".</param>
/// <param name="Scheme">"SCT" for SNOMED CT, "DCM" for DICOM's own.</param>
/// <param name="Meaning">"Tissue": for people.</param>
public sealed record DicomCode(string Value, string Scheme, string Meaning)
{
    private const int MaxShortValue = 16;
    private const int MaxScheme = 16;
    private const int MaxMeaning = 64;

    /// <summary>What a segment is when nobody says: tissue.</summary>
    public static DicomCode Tissue { get; } = new("85756007", "SCT", "Tissue");

    /// <summary>
    /// Reads "SCT^85756007^Tissue", as 3D Slicer writes codes; null where it is not three filled parts that DICOM can hold.
    /// </summary>
    public static DicomCode? Parse(string text) =>
        text.Split('^') is [{ Length: > 0 and <= MaxScheme } scheme, { Length: > 0 } value, { Length: > 0 } meaning] && !text.Any(c => c == '\\' || char.IsControl(c))
            ? new(value, scheme, meaning)
            : null;

    /// <summary>"SCT^85756007^Tissue".</summary>
    public string ToText() => $"{Scheme}^{Value}^{Meaning}";

    internal DicomDataset ToItem()
    {
        DicomDataset item = [];
        item.Add(Value.Length > MaxShortValue ? DicomTag.LongCodeValue : DicomTag.CodeValue, Value);
        item.Add(DicomTag.CodingSchemeDesignator, Scheme);
        item.Add(DicomTag.CodeMeaning, Meaning.Length > MaxMeaning ? Meaning[..MaxMeaning] : Meaning);
        return item;
    }

    internal static DicomCode? Of(DicomDataset? item) =>
        item is not null
        && (item.GetStringOrNull(DicomTag.CodeValue) ?? item.GetStringOrNull(DicomTag.LongCodeValue)) is { } value
            ? new DicomCode(value, item.GetStringOrNull(DicomTag.CodingSchemeDesignator) ?? "", item.GetStringOrNull(DicomTag.CodeMeaning) ?? "")
            : null;
}
