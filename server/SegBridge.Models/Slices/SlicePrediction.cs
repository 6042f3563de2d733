namespace SegBridge.Models.Slices;

/// <summary>What a slice model answers.</summary>
/// <param name="Logits">On the model's grid, to be given back as previous logits with the next prompt on this slice.</param>
/// <param name="Mask">Row-major rows × columns of the slice, 0 or 1.</param>
/// <param name="Confidence">
/// Expected soft Dice under the model's own probabilities p, with m = [p ≥ ½]: 2·Σ(p·m) / (Σp + Σm); 0 for an empty mask.
/// </param>
/// <param name="MostUncertain">Where a further prompt helps most; null when the model is sure everywhere.</param>
/// <param name="QueueMs">Milliseconds spent waiting for the device.</param>
/// <param name="ModelMs">Milliseconds on the device: encoding, network and decoding.</param>
public sealed record SlicePrediction(
    float[] Logits, byte[] Mask, float Confidence, SlicePixel? MostUncertain, double QueueMs, double ModelMs);
