namespace SegBridge.Models.Slices;

/// <summary>Rows Row0..Row1−1 and columns Column0..Column1−1 of a slice (half-open); the corners may come in any order.</summary>
public readonly record struct SliceBox(int Row0, int Column0, int Row1, int Column1);
