namespace SegBridge.Models.Volumes.Patches;

/// <summary>A voxel of a patch and how unsure the model is there.</summary>
/// <param name="Voxel">Its index.</param>
/// <param name="Uncertainty">0 (sure) .. 1 (undecided): mean of 1 − |2p − 1| around the voxel.</param>
public readonly record struct PatchUncertainty(PatchVoxel Voxel, float Uncertainty);
