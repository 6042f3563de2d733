namespace SegBridge.Models.Slices;

/// <summary>A pixel of a slice and how unsure the model is there.</summary>
/// <param name="Row">From 0.</param>
/// <param name="Column">From 0.</param>
/// <param name="Uncertainty">0 (sure) .. 1 (undecided): mean of 1 − |2p − 1| around the pixel.</param>
public readonly record struct SlicePixel(int Row, int Column, float Uncertainty);
