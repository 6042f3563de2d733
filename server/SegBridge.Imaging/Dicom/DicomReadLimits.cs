namespace SegBridge.Imaging.Dicom;

/// <summary>
/// What a DICOM reader may spend on one file. Lengths that a file declares are compared with these and with the bytes
/// that are there before memory is allocated.
/// </summary>
public sealed record DicomReadLimits
{
    public static DicomReadLimits Default { get; } = new();

    /// <summary>Largest value held in memory, pixel data excepted.</summary>
    public int MaxValueBytes { get; init; } = 256 << 20;

    /// <summary>Largest dataset after inflating.</summary>
    public int MaxInflatedBytes { get; init; } = 1 << 30;

    /// <summary>Largest number of elements and items of a file, those of its sequences included.</summary>
    public int MaxElements { get; init; } = 2_000_000;

    /// <summary>Deepest nesting of sequences.</summary>
    public int MaxSequenceDepth { get; init; } = 32;

    /// <summary>
    /// Largest number of bytes of one frame, decoded, and of a whole volume or set of masks made of frames. At most
    /// <see cref="Array.MaxLength"/> takes effect.
    /// </summary>
    public long MaxPixelBytes { get; init; } = 2_147_483_591;

    /// <summary>Values of this size and more stay in the file until they are asked for, where it is known by its path.</summary>
    public int OnDemandBytes { get; init; } = 32 << 10;

    /// <summary>Whether a child process may decode pixels that nothing in this process can.</summary>
    public bool UseExternalDecoder { get; init; } = true;

    /// <summary>Longest time an external decoder may take for one file's pixels.</summary>
    public TimeSpan ExternalDecoderTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest address space of an external decoder.</summary>
    public long ExternalDecoderBytes { get; init; } = 2L << 30;
}
