namespace SegBridge.Sessions.Steps;

/// <summary>
/// What a model was asked at a step, from which it makes the same candidates again. Kept by the history; the candidates
/// themselves are kept for the newest step only (<see cref="LatestCandidates"/>).
/// </summary>
/// <param name="request">Of the step.</param>
internal abstract class Proposals(StepRequest request)
{
    /// <summary>Of the step, without its prompts: a mask among them would be kept as long as the history.</summary>
    public StepRequest Request { get; } = request with { Prompts = [], WithdrawnRequestIds = [] };

    /// <summary>Number of candidates.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes of the logits that the step started from, as far as the segment's state does not hold them.</summary>
    public abstract long BytesHeld { get; }

    /// <summary>Packs those of 3D models.</summary>
    public virtual void Pack()
    {
    }

    /// <summary>The step that makes a choice of these candidates the segment's mask.</summary>
    public abstract Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit);
}
