using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Steps;

/// <summary>What a step works on: one slice, or the volume. A newer step on the same place makes the older one stale.</summary>
internal readonly record struct StepPlace(SlicePlane? Slice)
{
    public static StepPlace Volume { get; } = new(null);
}
