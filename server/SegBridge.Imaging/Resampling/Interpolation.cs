namespace SegBridge.Imaging.Resampling;

/// <summary>How a value between voxel centres is found.</summary>
public enum Interpolation
{
    Nearest = 0,
    Linear = 1,
}
