namespace SegBridge.Sessions.Journal;

/// <summary>Where journals rest, and for how long.</summary>
public sealed record JournalOptions
{
    /// <summary>The folder, made when missing, for this user alone. Prompts and coordinates rest there, pixels never.</summary>
    public required string Folder { get; init; }

    /// <summary>A journal without a session is removed after this time.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of all journals; beyond them those without a session go, the oldest first.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Acts reach the disk after this time at the latest.</summary>
    public TimeSpan SyncEvery { get; init; } = TimeSpan.FromMilliseconds(200);
}
