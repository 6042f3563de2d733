namespace SegBridge.Server.Hosting;

/// <summary>What the door for MONAI Label's clients offers.</summary>
public sealed record MonaiSettings
{
    /// <summary>Names of the segments that viewers prepare; users may add others.</summary>
    public IReadOnlyList<string> Labels { get; init; } = ["object"];

    /// <summary>
    /// Folder in which the datastore keeps the images and labels that clients upload, laid out as MONAI Label's. Null: they are
    /// kept in memory while the server runs, and never on disk.
    /// </summary>
    public string? Folder { get; init; }
}
