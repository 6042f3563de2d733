namespace SegBridge.Imaging.Dicom;

/// <summary>Why a series is not simply one volume.</summary>
public enum DicomSeriesProblem
{
    /// <summary>There is no image with a place in the patient.</summary>
    NoImages,

    /// <summary>Several stacks: orientations, acquisitions, echoes, times. <see cref="DicomVolumeOptions.Stack"/> chooses.</summary>
    SeveralStacks,

    /// <summary>Several slices at one place, which nothing tells apart.</summary>
    DuplicateSlices,

    /// <summary>Slices are missing. <see cref="DicomVolumeOptions.UnevenSlices"/> decides.</summary>
    MissingSlices,

    /// <summary>The distances between slices differ. <see cref="DicomVolumeOptions.UnevenSlices"/> decides.</summary>
    UnevenSpacing,

    /// <summary>The slices are shifted against each other, not in a straight line.</summary>
    NotAligned,

    /// <summary>The gantry was tilted and <see cref="DicomVolumeOptions.GantryTilt"/> refuses that.</summary>
    GantryTilt,
}

/// <summary>A series cannot be made one volume without a decision; the message says which.</summary>
/// <param name="stacks">What there is to choose from, described; empty unless the problem is a choice of stacks.</param>
public sealed class DicomSeriesException(DicomSeriesProblem problem, string message, IReadOnlyList<string>? stacks = null)
    : Exception(message)
{
    public DicomSeriesProblem Problem { get; } = problem;

    public IReadOnlyList<string> Stacks { get; } = stacks ?? [];
}
