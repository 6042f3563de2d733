namespace SegBridge.Sessions.Steps;

/// <summary>
/// What a model was asked at a step, from which it makes the same candidates again. Kept by the history; the candidates
/// themselves are kept for the newest step only (<see cref="LatestCandidates"/>).
/// </summary>
/// <param name="request">Of the step.</param>
/// <param name="bytesHeld">Bytes of the logits that the step started from, as far as the segment's state does not hold them.</param>
internal abstract class Proposals(StepRequest request, long bytesHeld)
{
    /// <summary>Of the step, without its prompts: a mask among them would be kept as long as the history.</summary>
    public StepRequest Request { get; } = request with { Prompts = [], WithdrawnRequestIds = [] };

    /// <summary>Number of candidates.</summary>
    public abstract int Count { get; }

    public long BytesHeld { get; } = bytesHeld;

    /// <summary>The step that makes a choice of these candidates the segment's mask.</summary>
    public abstract Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit);

    /// <summary>Bytes of logits, unless they are some that are held anyway.</summary>
    protected static long BytesBeside(ReadOnlyMemory<float>? logits, params IEnumerable<ReadOnlyMemory<float>?> held) =>
        logits is { } made && !held.Any(other => other is { } known && known.Equals(made)) ? (long)made.Length * sizeof(float) : 0;
}
