using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// What a segment remembers of its 3D prediction: all prompts so far, the patch's grid, and the refined logits on it
/// (tensor order R, A, S), which the model takes as its previous prediction. Immutable, so that history shares it.
/// </summary>
internal sealed record PatchState(ImmutableList<Prompt> Prompts, VolumeGeometry? Grid, KeptLogits? Logits, string? ModelId)
{
    public static PatchState Fresh { get; } = new([], null, null, null);

    /// <summary>Further patches of an object that is larger than one; they count as long as <see cref="Logits"/> do.</summary>
    public ImmutableList<KeptPart> Beside { get; init; } = [];

    /// <summary>All patches whose logits count for a model.</summary>
    public ImmutableList<KeptPart> PartsOf(string modelId) =>
        ModelId == modelId && Grid is not null && Logits is { } logits ? Beside.Insert(0, new KeptPart(Grid, logits)) : [];

    /// <summary>See <see cref="KeptLogits.Pack"/>.</summary>
    public void Pack()
    {
        Logits?.Pack();
        Beside.ForEach(part => part.Logits.Pack());
    }

    /// <summary>Bytes of logits that the state before did not hold.</summary>
    public long BytesHeldSince(PatchState before) =>
        (ReferenceEquals(Logits, before.Logits) ? 0 : Logits?.BytesHeld ?? 0) + Beside.Except(before.Beside).Sum(part => part.Logits.BytesHeld);
}
