namespace SegBridge.Imaging.Dicom;

/// <summary>What to do about slices that are not evenly spaced.</summary>
public enum UnevenSlices
{
    /// <summary>Throw, naming the gaps.</summary>
    Refuse,

    /// <summary>Interpolate linearly between neighbouring slices onto an even grid of the usual distance.</summary>
    Resample,
}

/// <summary>What to do about slices that are not at right angles to the line they lie on.</summary>
public enum GantryTilt
{
    /// <summary>Keep the voxels and make a sheared grid: every voxel stays one of the scanner's.</summary>
    Keep,

    /// <summary>Interpolate linearly within each slice onto a grid of right angles.</summary>
    Resample,

    /// <summary>Throw.</summary>
    Refuse,
}

/// <summary>Decisions in making a series a volume.</summary>
public sealed record DicomVolumeOptions
{
    public static DicomVolumeOptions Default { get; } = new();

    /// <summary>Which of several stacks, from 0 in the order of <see cref="DicomSeries.Stacks"/>; null: there must be one.</summary>
    public int? Stack { get; init; }

    public UnevenSlices UnevenSlices { get; init; } = UnevenSlices.Refuse;

    public GantryTilt GantryTilt { get; init; } = GantryTilt.Keep;
}
