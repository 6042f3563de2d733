namespace Grpc.Core;

/// <summary>What a call made on behalf of another takes over from it.</summary>
public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    /// <summary>Takes over everything.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Whether the deadline is taken over.</summary>
    public bool IsPropagateDeadline { get; } = propagateDeadline;

    /// <summary>Whether cancellation is taken over.</summary>
    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
