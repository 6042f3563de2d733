namespace SegBridge.Server.Hosting;

/// <summary>What one client may ask of the transport. Limits of sessions are in <c>SessionOptions</c>.</summary>
public sealed record LimitSettings
{
    /// <summary>Largest message in either direction, bytes. Masks in replies may be larger, see <see cref="MaxReplyBytes"/>.</summary>
    public int MaxMessageBytes { get; init; } = 32 << 20;

    /// <summary>Largest reply, bytes.</summary>
    public int MaxReplyBytes { get; init; } = 128 << 20;

    /// <summary>Connections open at a time on both ports together; further ones are closed at once.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Calls in progress on one HTTP/2 connection.</summary>
    public int MaxCallsPerConnection { get; init; } = 256;

    /// <summary>
    /// Calls per second that one key, or one address where keys are off, may start on average. Twice as many may come
    /// at once after a pause. Null: no limit.
    /// </summary>
    public double? CallsPerSecond { get; init; } = 1000;

    /// <summary>Calls with a missing or wrong key that one address may make in a minute before it is turned away unread.</summary>
    public int FailedKeysPerMinute { get; init; } = 20;
}
