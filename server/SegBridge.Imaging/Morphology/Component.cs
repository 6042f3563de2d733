namespace SegBridge.Imaging.Morphology;

/// <summary>A connected set of pixels: its label (from 1), its number of pixels and its smallest rectangle [first, end).</summary>
public readonly record struct Component(int Label, int Area, int FirstRow, int FirstColumn, int EndRow, int EndColumn);
