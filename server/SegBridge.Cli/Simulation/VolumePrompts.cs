using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Simulation;

/// <summary>A click in a voxel of a volume: on the object, or on what is not the object.</summary>
internal readonly record struct VoxelClick(Ijk Voxel, bool Positive);

/// <summary>What the simulated reader of a volume draws in one step.</summary>
/// <param name="Clicks">Points.</param>
/// <param name="Positive">Voxels scribbled on the object, or null.</param>
/// <param name="Negative">Voxels scribbled on what is not the object, or null.</param>
/// <param name="Box">Around the object, given once; or null.</param>
internal sealed record VolumePrompts(IReadOnlyList<VoxelClick> Clicks, BitBlock? Positive, BitBlock? Negative, VoxelBox? Box)
{
    /// <summary>Clicks, scribbles and the box together; the scribbles of one kind on all slices count as one.</summary>
    public int Count => Clicks.Count + (Positive is null ? 0 : 1) + (Negative is null ? 0 : 1) + (Box is null ? 0 : 1);
}
