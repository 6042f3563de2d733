namespace SegBridge.Imaging.Dicom;

/// <summary>What a segment is, apart from its voxels.</summary>
/// <param name="Label">For people; 1 to 64 characters.</param>
public sealed record DicomSegment(string Label)
{
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

    /// <summary>
    /// Takes the codes from a segment's terminology entry of 3D Slicer: "context~category~type~modifier~context~region~modifier",
    /// each code as <see cref="DicomCode.Parse"/> reads it. Parts that are empty leave what was there.
    /// </summary>
    public DicomSegment WithTerminology(string entry)
    {
        var parts = entry.Split('~');
        DicomCode? At(int n) => n < parts.Length ? DicomCode.Parse(parts[n]) : null;
        return this with
        {
            Category = At(1) ?? Category,
            Type = At(2) ?? Type,
            TypeModifier = At(3) ?? TypeModifier,
            AnatomicRegion = At(5) ?? AnatomicRegion,
        };
    }
}
