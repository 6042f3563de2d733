namespace SegBridge.Packages.Tests.Calls;

/// <summary>What the test service saw.</summary>
internal sealed class CallLog
{
    internal TaskCompletionSource WaitStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource WaitCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal DateTime Deadline { get; set; }

    internal string? RequestEncoding { get; set; }
}
