using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step works on: one section, or the volume. A newer step on the same place makes the older one stale.</summary>
internal readonly record struct StepPlace(Section? Section)
{
    public static StepPlace Volume { get; } = new(null);

    /// <summary>Of the run as a whole; each slice that it is at is a place of its own besides.</summary>
    public static StepPlace Propagation { get; } = new(null) { IsPropagation = true };

    private bool IsPropagation { get; init; }
}
