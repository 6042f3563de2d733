namespace SegBridge.Models.Volumes.Patches;

/// <summary>The voxels from Lower to before Upper (half-open) of a patch; Upper may equal the patch's size.</summary>
public readonly record struct PatchBox(PatchVoxel Lower, PatchVoxel Upper)
{
    internal bool IsWithin(int size) =>
        Lower.R >= 0 && Lower.A >= 0 && Lower.S >= 0
        && Lower.R < Upper.R && Lower.A < Upper.A && Lower.S < Upper.S
        && Upper.R <= size && Upper.A <= size && Upper.S <= size;
}
