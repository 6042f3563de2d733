namespace SegBridge.Models.Volumes.Patches;

/// <summary>A click, in voxels of the patch: the centre of the first voxel is (0, 0, 0), its faces are at ±0.5.</summary>
public readonly record struct PatchPoint(double R, double A, double S, bool Positive)
{
    /// <summary>The voxel in which the click lies.</summary>
    public PatchVoxel VoxelIn(int size) => new(Nearest(R, size), Nearest(A, size), Nearest(S, size));

    internal bool IsWithin(int size) => IsWithin(R, size) && IsWithin(A, size) && IsWithin(S, size);

    private static bool IsWithin(double at, int size) => at >= -0.5 && at <= size - 0.5;

    private static int Nearest(double at, int size) => Math.Clamp((int)Math.Floor(at + 0.5), 0, size - 1);
}
