using System.Collections.Immutable;
using SegBridge.Sessions.Prompts;
using SliceStates = System.Collections.Immutable.ImmutableDictionary<SegBridge.Sessions.Sections.Section, SegBridge.Sessions.Segments.SliceState>;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// What later steps of a segment build on, besides its mask: what is known of each slice that 2D models worked on,
/// of the patch that a 3D model worked on, and what the user drew anywhere. Immutable, so that history shares it.
/// </summary>
internal sealed record SegmentState(SliceStates Slices, PatchState Patch)
{
    public static SegmentState Fresh { get; } = new(SliceStates.Empty, PatchState.Fresh);

    /// <summary>All prompts of the segment in the order in which they came.</summary>
    public ImmutableList<DrawnPrompt> Drawn { get; init; } = [];

    public long BytesHeldSince(SegmentState before) =>
        Patch.BytesHeldSince(before.Patch)
        + (ReferenceEquals(Slices, before.Slices)
            ? 0
            : Slices.Where(slice => !ReferenceEquals(slice.Value, before.Slices.GetValueOrDefault(slice.Key))).Sum(slice => slice.Value.BytesHeld));
}
