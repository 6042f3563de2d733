using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Segments;

/// <summary>What a propagated slice was made from, so that it is made again only when that has changed.</summary>
/// <param name="Sources">The slices whose masks went into the prediction.</param>
/// <param name="Inputs">Fingerprint of all that the prediction was made from, these masks among it.</param>
/// <param name="Mask">Fingerprint of the slice's own mask afterwards.</param>
/// <param name="Confidence">Predicted Dice, 0..1.</param>
internal sealed record SliceOrigin(IReadOnlyList<SlicePlane> Sources, string Inputs, string Mask, float Confidence);
