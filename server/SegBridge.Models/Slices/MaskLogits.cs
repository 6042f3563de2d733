namespace SegBridge.Models.Slices;

/// <summary>Stands in for logits that a network would have given for a mask.</summary>
internal static class MaskLogits
{
    /// <summary>How sure a stand-in is: about what trained networks give well inside and outside.</summary>
    private const float Magnitude = 6;

    /// <summary>Magnitude · (2·share − 1) with the share of drawn pixels in each cell.</summary>
    public static void Write(ReadOnlySpan<byte> mask, SliceFit fit, Span<float> logits)
    {
        CellCover.Share(mask, fit, logits);
        foreach (ref var value in logits)
        {
            value = Magnitude * ((2 * value) - 1);
        }
    }
}
