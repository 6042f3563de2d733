namespace SegBridge.Imaging.Dicom;

/// <summary>What a segment is, apart from its voxels.</summary>
/// <param name="Label">For people; 1 to 64 characters.</param>
public sealed record DicomSegment(string Label)
{
    /// <summary>Most characters of a label.</summary>
    public const int MaxLabel = 64;

    // The lists of codes that 3D Slicer has by default.
    private const string SlicerTypes = "Segmentation category and type - 3D Slicer General Anatomy list";
    private const string SlicerRegions = "Anatomic codes - DICOM master list";

    /// <summary>General kind: anatomical structure, morphologically abnormal structure, tissue, …</summary>
    public DicomCode Category { get; init; } = DicomCode.Tissue;

    /// <summary>What exactly: liver, neoplasm, …</summary>
    public DicomCode Type { get; init; } = DicomCode.Tissue;

    /// <summary>Side or the like, or null.</summary>
    public DicomCode? TypeModifier { get; init; }

    /// <summary>Where in the body, or null.</summary>
    public DicomCode? AnatomicRegion { get; init; }

    /// <summary>Red, green and blue in which to show it, or null.</summary>
    public (byte Red, byte Green, byte Blue)? Colour { get; init; }

    /// <summary>What made it; null: a person alone.</summary>
    public SegmentationAlgorithm? Algorithm { get; init; }

    /// <summary>
    /// A segment of this name, coded by its terminology or, without one, by its name where <see cref="SegmentTerms"/>
    /// knows it.
    /// </summary>
    /// <param name="name">Cut where it is longer than <see cref="MaxLabel"/>.</param>
    /// <param name="terminology">As <see cref="WithTerminology"/> reads it; empty for none.</param>
    public static DicomSegment Of(string name, string terminology)
    {
        var segment = new DicomSegment(name).Fitting();
        return terminology.Length > 0 ? segment.WithTerminology(terminology) : SegmentTerms.Code(segment);
    }

    /// <summary>
    /// Takes the codes from a terminology entry of 3D Slicer, "context~category~type~modifier~context~region~modifier",
    /// or from one code, the type. Each code is as <see cref="DicomCode.Parse"/> reads it; what is empty leaves what was
    /// there.
    /// </summary>
    public DicomSegment WithTerminology(string entry)
    {
        var parts = entry.Split('~');
        if (parts.Length == 1)
        {
            return DicomCode.Parse(entry) is { } code ? this with { Type = code, Category = SegmentTerms.CategoryOf(code) ?? Category } : this;
        }

        DicomCode? At(int n) => n < parts.Length ? DicomCode.Parse(parts[n]) : null;
        return this with
        {
            Category = At(1) ?? Category,
            Type = At(2) ?? Type,
            TypeModifier = At(3) ?? TypeModifier,
            AnatomicRegion = At(5) ?? AnatomicRegion,
        };
    }

    /// <summary>The same under a label that DICOM can hold.</summary>
    internal DicomSegment Fitting()
    {
        // A backslash would part the label in two.
        var label = string.Concat(Label.Select(c => c == '\\' || char.IsControl(c) ? ' ' : c)).Trim();
        return this with { Label = label.Length == 0 ? "Segment" : label.Length > MaxLabel ? label[..MaxLabel].TrimEnd() : label };
    }

    /// <summary>The codes as a terminology entry that <see cref="WithTerminology"/> and 3D Slicer read.</summary>
    public string ToTerminology() =>
        $"{SlicerTypes}~{Category.ToText()}~{Type.ToText()}~{TypeModifier?.ToText() ?? "^^"}~{SlicerRegions}~{AnatomicRegion?.ToText() ?? "^^"}~^^";
}
