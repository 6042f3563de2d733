namespace SegBridge.Models.Bundles;

/// <summary>The grid that the network sees.</summary>
/// <param name="Size">2D: rows, columns. 3D: k, j, i.</param>
/// <param name="SpacingMm">Millimetres per element of the grid in the order of <paramref name="Size"/>; null when the slice is fitted to the grid whatever its spacing.</param>
/// <param name="Channels">Input channels of the network.</param>
public sealed record InputGrid(IReadOnlyList<int> Size, IReadOnlyList<double>? SpacingMm, int Channels);
