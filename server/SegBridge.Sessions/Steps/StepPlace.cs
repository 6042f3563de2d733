using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step works on: one section, or the volume. A newer step on the same place makes the older one stale.</summary>
internal readonly record struct StepPlace(Section? Section)
{
    public static StepPlace Volume { get; } = new(null);
}
