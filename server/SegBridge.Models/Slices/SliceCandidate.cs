namespace SegBridge.Models.Slices;

/// <summary>One of the masks that a slice model proposes.</summary>
/// <param name="Mask">Row-major rows × columns of the slice, 0 or 1.</param>
/// <param name="Confidence">Expected Dice, 0..1; 0 for an empty mask.</param>
/// <param name="Logits">To be given back as previous logits when the next prompt builds on this candidate.</param>
/// <param name="MostUncertain">Where a further prompt helps most; null when the model is sure everywhere.</param>
public sealed record SliceCandidate(byte[] Mask, float Confidence, float[] Logits, SlicePixel? MostUncertain);
