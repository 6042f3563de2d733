namespace SegBridge.Models.Volumes;

/// <summary>One of the masks that a 3D model proposes, before refinement.</summary>
/// <param name="Logits">Size³ values in the order (R, A, S); above 0 is inside.</param>
/// <param name="Confidence">The Dice that is to be expected of it, 0..1: the network's own prediction, corrected where the bundle knows how.</param>
public sealed record VolumeCandidate(ReadOnlyMemory<float> Logits, float Confidence);
