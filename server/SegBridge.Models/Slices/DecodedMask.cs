namespace SegBridge.Models.Slices;

/// <summary>A mask on the slice, see <see cref="SlicePrediction"/>.</summary>
internal readonly record struct DecodedMask(byte[] Mask, float Confidence, SlicePixel? MostUncertain);
