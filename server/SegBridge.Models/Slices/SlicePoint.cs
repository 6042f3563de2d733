namespace SegBridge.Models.Slices;

/// <summary>A click, in pixels of the slice: the centre of the first pixel is (0, 0), its edges are at ±0.5.</summary>
public readonly record struct SlicePoint(double Row, double Column, bool Positive);
