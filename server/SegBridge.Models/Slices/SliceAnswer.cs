namespace SegBridge.Models.Slices;

/// <summary>What a network makes of one step.</summary>
/// <param name="Candidates">At least one.</param>
/// <param name="Chosen">Index of the one that the network itself thinks best.</param>
internal readonly record struct SliceAnswer(IReadOnlyList<SliceCandidate> Candidates, int Chosen)
{
    public SliceCandidate Best => Candidates[Chosen];

    public static SliceAnswer Of(float[] logits, SliceFit fit, SlicePrompts prompts)
    {
        var mask = MaskDecoder.Decode(logits, fit, prompts);
        return new SliceAnswer([new SliceCandidate(mask.Mask, mask.Confidence, logits, mask.MostUncertain)], 0);
    }
}
