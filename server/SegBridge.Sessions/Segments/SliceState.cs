using System.Collections.Immutable;
using SegBridge.Imaging.Intensity;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// What a segment remembers of one slice: all prompts so far and the logits of the last prediction, which a 2D
/// model takes as its previous prediction. Immutable, so that history shares it.
/// </summary>
internal sealed record SliceState(ImmutableList<Prompt> Prompts, ReadOnlyMemory<float>? Logits, string? LogitsModelId)
{
    public static SliceState Fresh { get; } = new([], null, null);

    /// <summary>Null: the user worked on the slice; otherwise propagation filled it.</summary>
    public SliceOrigin? Origin { get; init; }

    /// <summary>The window in which the model saw the slice; null: its own percentiles, or no prediction yet.</summary>
    public IntensityWindow? Window { get; init; }

    public long BytesHeld => (Logits?.Length ?? 0) * sizeof(float);
}
