namespace SegBridge.Sessions.Tasks;

/// <summary>Where the examples of tasks rest and how much they may take.</summary>
public sealed record TaskOptions
{
    /// <summary>
    /// Folder of the examples: image slices and masks rest there on disk until they are removed. Made when missing, readable
    /// by the server's own user only, for one server at a time. Null: tasks are off, no pixel is ever written.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Tasks on the server.</summary>
    public int MaxTasks { get; init; } = 1000;

    /// <summary>Examples of one task.</summary>
    public int MaxExamplesPerTask { get; init; } = 1000;

    /// <summary>Bytes on disk of all examples.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of an archive that is imported.</summary>
    public long MaxArchiveBytes { get; init; } = 1L << 30;

    /// <summary>Imports in progress.</summary>
    public int MaxUploads { get; init; } = 4;

    /// <summary>An import without a new part for so long is given up.</summary>
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What the network may take for a step with examples. As many examples are used as fit, by the times of earlier steps
    /// on this machine; of more the most similar ones.
    /// </summary>
    public TimeSpan ContextTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Memory for examples that are ready for a network; the least recently used give way.</summary>
    public long MaxCacheBytes { get; init; } = 128L << 20;
}
