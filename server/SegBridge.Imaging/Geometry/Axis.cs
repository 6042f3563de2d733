namespace SegBridge.Imaging.Geometry;

/// <summary>One of the three axes of the voxel grid; I runs fastest in memory.</summary>
public enum Axis
{
    I = 0,
    J = 1,
    K = 2,
}
