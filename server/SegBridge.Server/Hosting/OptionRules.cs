using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Hosting;

/// <summary>Refuses settings with which no server can work.</summary>
internal static class OptionRules
{
    /// <exception cref="ServerConfigurationException">One of them is wrong.</exception>
    public static void Require(ServerOptions options)
    {
        Require(options.GrpcPort is >= 0 and <= 65535, $"the gRPC port must be in 0..65535, got {options.GrpcPort}");
        Require(options.HttpPort is >= 0 and <= 65535, $"the HTTP port must be in 0..65535, got {options.HttpPort}");
        Require(
            options.Tls is not null || options.GrpcPort != options.HttpPort || options.GrpcPort == 0,
            $"the gRPC and the HTTP port must differ without TLS, got {options.GrpcPort} for both");
        foreach (var door in options.Doors)
        {
            var name = DoorCatalogue.NameOf(door.Kind);
            Require(door.Port is >= 0 and <= 65535, $"the port of the door {name} must be in 0..65535, got {door.Port}");
            Require(options.Doors.Count(other => other.Kind == door.Kind) == 1, $"the door {name} is named twice");
            Require(
                door.Port == 0 || PortsBesides(options, door).All(port => port != door.Port),
                $"the door {name} needs a port of its own, got {door.Port}, which is in use for something else");
        }

        Require(Directory.Exists(options.ModelFolder), $"the model folder {options.ModelFolder} does not exist");
        Require(options.Tasks.Folder is not "", "the task folder must have a name");
        Require(options.Monai.Labels.Count > 0, "the door monai needs the name of at least one segment");
        Require(options.DrainTime >= TimeSpan.Zero, $"the drain time must not be negative, got {options.DrainTime}");
        var limits = options.Limits;
        Require(limits.MaxMessageBytes >= 1 << 20, $"the message limit must be at least 1 MiB, got {limits.MaxMessageBytes} bytes");
        Require(limits.MaxReplyBytes >= 1 << 20, $"the reply limit must be at least 1 MiB, got {limits.MaxReplyBytes} bytes");
        Require(limits.MaxConnections > 0, $"the connection limit must be at least 1, got {limits.MaxConnections}");
        Require(limits.MaxCallsPerConnection > 0, $"the limit of calls per connection must be at least 1, got {limits.MaxCallsPerConnection}");
        Require(limits.CallsPerSecond is null or > 0, $"the rate limit must be above 0 calls per second, got {limits.CallsPerSecond}");
        Require(limits.FailedKeysPerMinute > 0, $"the limit of failed keys must be at least 1 per minute, got {limits.FailedKeysPerMinute}");
        var sessions = options.Sessions;
        Require(sessions.MaxSessions > 0, $"the session limit must be at least 1, got {sessions.MaxSessions}");
        Require(sessions.MaxTotalBytes > 0, $"the memory limit must be above 0, got {sessions.MaxTotalBytes} bytes");
        Require(sessions.IdleTimeout > TimeSpan.Zero, $"the idle limit must be above 0, got {sessions.IdleTimeout}");
        Require(sessions.LivenessTimeout > TimeSpan.Zero, $"the liveness limit must be above 0, got {sessions.LivenessTimeout}");
        Require(options.Journal is null || options.Journal.Retention > TimeSpan.Zero, $"journals must be kept for longer than 0, got {options.Journal?.Retention}");
        Require(sessions.BrickWait > TimeSpan.Zero, $"the wait for bricks must be above 0, got {sessions.BrickWait}");
    }

    private static IEnumerable<int> PortsBesides(ServerOptions options, DoorSettings door) =>
    [
        options.GrpcPort,
        .. options.Tls is null ? (int[])[options.HttpPort] : [],
        .. options.Doors.Where(other => other != door).Select(other => other.Port),
    ];

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ServerConfigurationException(rule);
        }
    }
}
