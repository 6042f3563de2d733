namespace SegBridge.Models.Bundles;

/// <summary>The grid that the network sees.</summary>
/// <param name="Size">2D: rows, columns. 3D: k, j, i.</param>
/// <param name="SpacingMm">
/// Millimetres per element of the grid in the order of <paramref name="Size"/>; null when a slice is fitted to the grid
/// whatever its spacing, or when a patch is fitted to the object (<see cref="Fitted"/>).
/// </param>
/// <param name="Channels">Input channels of the network.</param>
public sealed record InputGrid(IReadOnlyList<int> Size, IReadOnlyList<double>? SpacingMm, int Channels)
{
    /// <summary>How a patch is fitted to the object; null for slices, and for models of one spacing.</summary>
    public FittedSpacing? Fitted { get; init; }
}
