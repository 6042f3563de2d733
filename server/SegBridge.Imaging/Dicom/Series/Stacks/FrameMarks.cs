namespace SegBridge.Imaging.Dicom;

/// <summary>Attributes by which slices at the same place differ: several acquisitions, echoes, times in one series.</summary>
internal static class FrameMarks
{
    private static readonly (string Name, DicomTag Macro, DicomTag Attribute, bool ChangesContrast)[] All =
    [
        ("stack", DicomTag.FrameContentSequence, DicomTag.StackID, true),
        ("echo time", DicomTag.MREchoSequence, DicomTag.EffectiveEchoTime, true),
        ("echo time", DicomTag.MREchoSequence, DicomTag.EchoTime, true),
        ("b-value", DicomTag.MRDiffusionSequence, DicomTag.DiffusionBValue, true),
        ("time point", DicomTag.FrameContentSequence, DicomTag.TemporalPositionIndex, true),
        ("time point", DicomTag.FrameContentSequence, DicomTag.TemporalPositionIdentifier, true),
        ("acquisition", DicomTag.FrameContentSequence, DicomTag.AcquisitionNumber, false),
        ("image type", DicomTag.MRImageFrameTypeSequence, DicomTag.ImageType, false),
        ("trigger time", DicomTag.FrameContentSequence, DicomTag.TriggerTime, false),
        ("acquisition time", DicomTag.FrameContentSequence, DicomTag.AcquisitionTime, false),
    ];

    public static int Count => All.Length;

    public static string NameOf(int mark) => All[mark].Name;

    /// <summary>Whether slices that differ in this must never be mixed in one volume, even at different places.</summary>
    public static bool ChangesContrast(int mark) => All[mark].ChangesContrast;

    public static string[] Of(FunctionalGroups groups, int frame) =>
        [.. All.Select(mark => string.Join('/', groups.Find(frame, mark.Macro, mark.Attribute)?.GetStrings(mark.Attribute) ?? []))];
}
