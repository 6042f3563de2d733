using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Masks;

/// <summary>Makes the values of some slices across K.</summary>
/// <param name="slab">The voxels.</param>
/// <param name="values">To be filled, one for each voxel, C-order (k, j, i).</param>
public delegate void SlabMaker(VoxelBox slab, Span<float> values);
