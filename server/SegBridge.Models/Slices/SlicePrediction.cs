using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>What a slice model answers: the candidate it thinks best, and all of them.</summary>
/// <param name="Logits">On the model's grid, to be given back as previous logits with the next prompt on this slice.</param>
/// <param name="Mask">Row-major rows × columns of the slice, 0 or 1.</param>
/// <param name="Confidence">
/// Expected Dice; 0 for an empty mask. Models of one candidate give the soft Dice under their own probabilities p, with
/// m = [p ≥ ½]: 2·Σ(p·m) / (Σp + Σm). Models of several predict it beside their masks.
/// </param>
/// <param name="MostUncertain">Where a further prompt helps most; null when the model is sure everywhere.</param>
/// <param name="QueueMs">Milliseconds spent waiting for the device.</param>
/// <param name="ModelMs">Milliseconds on the device: encoding, network and decoding.</param>
public sealed record SlicePrediction(
    float[] Logits, byte[] Mask, float Confidence, SlicePixel? MostUncertain, double QueueMs, double ModelMs)
{
    private readonly IReadOnlyList<SliceCandidate>? _candidates;

    /// <summary>All proposals in the model's own order; the one above alone unless the model proposes several.</summary>
    public IReadOnlyList<SliceCandidate> Candidates
    {
        get => _candidates ?? [new SliceCandidate(Mask, Confidence, Logits, MostUncertain)];
        init => _candidates = value;
    }

    /// <summary>Index within <see cref="Candidates"/> of the one above.</summary>
    public int Chosen { get; init; }

    /// <summary>Where <see cref="ModelMs"/> went.</summary>
    public IReadOnlyList<Lap> Parts { get; init; } = [];
}
