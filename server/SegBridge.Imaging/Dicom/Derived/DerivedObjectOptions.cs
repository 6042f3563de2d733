namespace SegBridge.Imaging.Dicom;

/// <summary>What an object made from a series says about itself.</summary>
public sealed record DerivedObjectOptions
{
    /// <summary>Name of the new series.</summary>
    public string SeriesDescription { get; init; } = "Segmentation";

    /// <summary>Number of the new series.</summary>
    public int SeriesNumber { get; init; } = 1000;

    /// <summary>Written as date and time of the content.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Identifier of the new series; null makes one.</summary>
    public string? SeriesInstanceUID { get; init; }

    /// <summary>Identifier of the new object; null makes one.</summary>
    public string? SOPInstanceUID { get; init; }

    /// <summary>Identifies the installation that made the object.</summary>
    public string DeviceSerialNumber { get; init; } = "1";

    /// <summary>Takes away who the patient is; null leaves it.</summary>
    public DicomDeidentifier? Deidentifier { get; init; }

    /// <summary>A segment as it may be written.</summary>
    internal DicomSegment Cleaned(DicomSegment segment, int number) => Deidentifier is null ? segment.Fitting() : DicomDeidentifier.Clean(segment, number);
}
