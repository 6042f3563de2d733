using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Prompts;

/// <summary>Does what the user drew belong to the object?</summary>
public enum Polarity
{
    Positive,
    Negative,
}

/// <summary>What a user draws to steer a segment; positions are voxel indices (IJK) of the volume.</summary>
public abstract record Prompt;

/// <summary>A click.</summary>
public sealed record PointPrompt(Polarity Polarity, VoxelPoint At) : Prompt;

/// <summary>A box around the object, 2D or 3D.</summary>
public sealed record BoxPrompt(VoxelBox Box) : Prompt;

/// <summary>A freehand stroke as the voxels that it covers.</summary>
public sealed record ScribblePrompt(Polarity Polarity, BitBlock Voxels) : Prompt;

/// <summary>A freehand stroke as centre line and brush radius (mm; 0 is a line one voxel wide).</summary>
public sealed record StrokePrompt(Polarity Polarity, IReadOnlyList<VoxelPoint> Path, double RadiusMm) : Prompt;

/// <summary>A closed outline whose inside counts.</summary>
public sealed record LassoPrompt(Polarity Polarity, IReadOnlyList<VoxelPoint> Outline) : Prompt;

/// <summary>A segmentation to start from; replaces what the segment holds inside the box.</summary>
public sealed record MaskPrompt(BitBlock Mask) : Prompt;
