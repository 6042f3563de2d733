using System.Reflection;
using SegBridge.Server.Hosting;
using SegBridge.Sessions;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Opening a session.</summary>
internal static class SessionMapping
{
    private const int MaxClient = 100;

    /// <summary>The version of this server, as its assembly states it.</summary>
    public static string ServerVersion { get; } =
        typeof(SessionMapping).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static string ToClient(string client) => Field.Text(client, 0, MaxClient, "client");

    public static Wire.OpenSessionReply ToWire(Session session, LimitSettings limits) => new()
    {
        SessionId = session.Id,
        BrickSize = GeometryMapping.ToWire(session.Grid.Brick),
        BrickCounts = GeometryMapping.ToWire(session.Grid.Counts),
        ModelId = session.ModelId,
        ServerVersion = ServerVersion,
        Limits = new Wire.SessionLimits
        {
            IdleTimeoutS = Seconds(session.Limits.IdleTimeout),
            LivenessTimeoutS = Seconds(session.Limits.LivenessTimeout),
            MaxMessageBytes = (uint)limits.MaxMessageBytes,
            MaxBrickBytes = (ulong)session.Limits.MaxBrickBytesPerSession,
            BrickWaitS = Seconds(session.Limits.BrickWait),
            MaxPromptVoxels = (uint)session.Limits.MaxPromptVoxels,
            MaxPrompts = (uint)session.Limits.MaxPrompts,
        },
    };

    public static Wire.EstimateMemoryReply ToWire(MemoryEstimate estimate) => new()
    {
        VolumeBytes = (ulong)estimate.VolumeBytes,
        ModelBytes = (ulong)estimate.ModelBytes,
        AvailableBytes = (ulong)estimate.AvailableBytes,
        Fits = estimate.Fits,
        Advice = estimate.Advice,
    };

    /// <summary>Whole seconds, rounded down: a client that counts on them is never too late.</summary>
    public static uint Seconds(TimeSpan time) => (uint)Math.Clamp(time.TotalSeconds, 0, uint.MaxValue);
}
