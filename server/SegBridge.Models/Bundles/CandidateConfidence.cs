namespace SegBridge.Models.Bundles;

/// <summary>Curves from score to expected Dice; which one holds depends on how much the prompts of a step say.</summary>
/// <param name="BoxFirst">With a box, and nothing to go on from.</param>
/// <param name="BoxLater">With a box, going on from an earlier mask.</param>
/// <param name="First">Without a box, and nothing to go on from.</param>
/// <param name="Later">Without a box, going on from an earlier mask.</param>
public sealed record CandidateConfidence(ConfidenceCurve BoxFirst, ConfidenceCurve BoxLater, ConfidenceCurve First, ConfidenceCurve Later)
{
    public ConfidenceCurve Of(bool hasBox, bool isFirst) =>
        hasBox ? isFirst ? BoxFirst : BoxLater : isFirst ? First : Later;
}
