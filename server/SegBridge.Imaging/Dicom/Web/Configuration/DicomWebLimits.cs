namespace SegBridge.Imaging.Dicom.Web;

/// <summary>What an archive may make this process hold. Sizes that it states are compared with these before memory is allocated.</summary>
public sealed record DicomWebLimits
{
    /// <summary>Instances of one series, and results of one search.</summary>
    public int MaxInstances { get; init; } = 20_000;

    /// <summary>Bytes of one instance. At most <see cref="Array.MaxLength"/> takes effect.</summary>
    public long MaxInstanceBytes { get; init; } = 2_147_483_591;

    /// <summary>Bytes of all instances of one series as they travel.</summary>
    public long MaxSeriesBytes { get; init; } = 4L << 30;

    /// <summary>Bytes of one answer in JSON.</summary>
    public int MaxJsonBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of one request to store; more instances go in further requests.</summary>
    public long MaxStoreBytes { get; init; } = 64 << 20;

    /// <summary>What reading one instance may cost.</summary>
    public DicomReadLimits Reading { get; init; } = DicomReadLimits.Default;
}
