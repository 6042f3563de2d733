using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// What a segment remembers of its 3D prediction: all prompts so far, the patch's grid, and the refined logits on it
/// (tensor order R, A, S), which the model takes as its previous prediction. Immutable, so that history shares it.
/// </summary>
internal sealed record PatchState(ImmutableList<Prompt> Prompts, VolumeGeometry? Grid, ReadOnlyMemory<float>? Logits, string? ModelId)
{
    public static PatchState Fresh { get; } = new([], null, null, null);

    public long BytesHeld => (Logits?.Length ?? 0) * sizeof(float);
}
