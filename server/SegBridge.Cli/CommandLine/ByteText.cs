namespace SegBridge.Cli.CommandLine;

/// <summary>Byte counts for people.</summary>
internal static class ByteText
{
    /// <summary>"312 B", "4.7 kB", "12.3 MB": powers of 1000.</summary>
    public static string Of(long bytes) => FormattableString.Invariant(bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.00} GB",
    });
}
