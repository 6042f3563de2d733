namespace SegBridge.Sessions.Steps;

/// <summary>
/// What a model was asked at a step, from which it makes the same candidates again. Kept by the history; the candidates
/// themselves are kept for the newest step only (<see cref="LatestCandidates"/>).
/// </summary>
/// <param name="request">Of the step.</param>
/// <param name="previous">The logits that the step started from; null when there were none.</param>
/// <param name="remembered">The logits of the segment's state at that time: held there, unless <paramref name="previous"/> was made for the step.</param>
internal abstract class Proposals(StepRequest request, ReadOnlyMemory<float>? previous, ReadOnlyMemory<float>? remembered)
{
    /// <summary>Of the step, without its prompts: a mask among them would be kept as long as the history.</summary>
    public StepRequest Request { get; } = request with { Prompts = [] };

    public ReadOnlyMemory<float>? Previous { get; } = previous;

    /// <summary>Number of candidates.</summary>
    public abstract int Count { get; }

    public long BytesHeld { get; } = previous is { } logits && !logits.Equals(remembered ?? default) ? logits.Length * sizeof(float) : 0;

    /// <summary>The step that makes a choice of these candidates the segment's mask.</summary>
    public abstract Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit);
}
