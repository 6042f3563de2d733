namespace SegBridge.Models.Inference;

/// <summary>Where and how networks run.</summary>
public sealed record InferenceSettings
{
    /// <summary>CUDA when it truly works, else the CPU, unless one is named.</summary>
    public DevicePreference Device { get; init; } = DevicePreference.Automatic;

    /// <summary>Threads within one network run on the CPU; 0: one per core that this process may use.</summary>
    public int Threads { get; init; }

    /// <summary>How many pieces of work may wait for the device before <see cref="DeviceBusyException"/>.</summary>
    public int QueueLimit { get; init; } = 256;
}

/// <summary>Which device to use.</summary>
public enum DevicePreference
{
    Automatic,
    Cpu,
}
