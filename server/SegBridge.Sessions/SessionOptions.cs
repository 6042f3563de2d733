namespace SegBridge.Sessions;

/// <summary>Limits of all sessions of a server. Every default suits one workstation.</summary>
public sealed record SessionOptions
{
    /// <summary>Sessions open at once.</summary>
    public int MaxSessions { get; init; } = 64;

    /// <summary>A session without user action (bricks, prompts, history) for so long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A session without any sign of life (any call) for so long is closed.</summary>
    public TimeSpan LivenessTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A prediction waits so long for missing bricks while none arrives.</summary>
    public TimeSpan BrickWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Decoded bytes of bricks that one session may hold.</summary>
    public long MaxBrickBytesPerSession { get; init; } = 2L << 30;

    /// <summary>
    /// Bytes of bricks, masks and history of all sessions; half of the memory this process may use. Image features take
    /// what is left of it, up to a half, and give way when it is needed.
    /// </summary>
    public long MaxTotalBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Decoded bytes of the bricks of one request.</summary>
    public long MaxBrickBytesPerRequest { get; init; } = 256L << 20;

    /// <summary>Bricks of one request.</summary>
    public int MaxBricksPerRequest { get; init; } = 4096;

    /// <summary>Voxels of one scribble or lasso, path points likewise.</summary>
    public int MaxPromptVoxels { get; init; } = 1_000_000;

    /// <summary>Voxels of the box of a mask or scribble that a client sends.</summary>
    public long MaxMaskBoxVoxels { get; init; } = 1L << 30;

    /// <summary>Prompts of one step.</summary>
    public int MaxPrompts { get; init; } = 1000;

    /// <summary>Steps of one session that may wait or run at once.</summary>
    public int MaxStepsUnderWay { get; init; } = 256;

    /// <summary>Segments of one session.</summary>
    public int MaxSegments { get; init; } = 1000;

    /// <summary>Pixels of a slice that a 2D model may be asked to work on.</summary>
    public int MaxSlicePixels { get; init; } = 4096 * 4096;
}
