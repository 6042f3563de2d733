namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// A mask that examples alone propose and that is less sure than a bundle asks for is left empty: correcting a wrong mask
/// costs a reader more than starting without one. Later steps take an empty mask for none, so that the first prompt
/// starts as it would have without the proposal.
/// </summary>
/// <param name="leastConfidence">0: every proposal stands.</param>
internal sealed class DoubtfulProposal(double leastConfidence)
{
    /// <summary>The step without logits of a step before that found nothing.</summary>
    public SliceStepInput Start(SliceStepInput step) =>
        leastConfidence > 0 && step.PreviousLogits is { } previous && !previous.Span.ContainsAnyInRange(0, float.PositiveInfinity)
            ? step with { PreviousLogits = null }
            : step;

    /// <summary>What is shown of an answer to a step as <see cref="Start"/> gives it.</summary>
    public SliceAnswer Shown(SliceAnswer answer, SliceStepInput step, SliceFit fit)
    {
        if (!step.Prompts.IsEmpty || step.PreviousLogits is not null || answer.Best.Confidence >= leastConfidence)
        {
            return answer;
        }

        var nothing = new float[fit.Grid.Count];
        MaskLogits.Write(new byte[fit.Rows * fit.Columns], fit, nothing);
        return SliceAnswer.Of(nothing, fit, step.Prompts);
    }
}
