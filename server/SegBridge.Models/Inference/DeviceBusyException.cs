namespace SegBridge.Models.Inference;

/// <summary>More work is waiting for the device than its queue may hold. Trying again later helps.</summary>
/// <param name="message">For people.</param>
/// <param name="retryAfter">When about half of what waits now will be done.</param>
public sealed class DeviceBusyException(string message, TimeSpan retryAfter) : Exception(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
