using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>A candidate after the corrective network.</summary>
/// <param name="Logits">Size³ values in the order (R, A, S); above 0 is inside. To be given back as previous logits.</param>
/// <param name="ErrorMap">Where the network thinks the candidate is wrong, of the same size; null of a model without refiner.</param>
/// <param name="MostUncertain">Where a further prompt helps most; null when the model is sure everywhere.</param>
/// <param name="ModelMs">Milliseconds on the device.</param>
public sealed record RefinedVolume(ReadOnlyMemory<float> Logits, ReadOnlyMemory<float>? ErrorMap, PatchUncertainty? MostUncertain, double ModelMs);
