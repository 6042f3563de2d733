namespace Grpc.Core;

/// <summary>What a channel's connection is doing.</summary>
public enum ConnectivityState
{
    /// <summary>Not connected, and nobody asked for it.</summary>
    Idle,

    /// <summary>Connecting.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Ready,

    /// <summary>Failed for now; it will try again.</summary>
    TransientFailure,

    /// <summary>Shut down for good.</summary>
    Shutdown,
}
