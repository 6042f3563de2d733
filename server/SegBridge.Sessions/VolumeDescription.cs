using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions;

/// <summary>What a session works on: geometry and type of a volume whose voxels arrive later, brick by brick.</summary>
/// <param name="Geometry">Where the voxels lie (LPS, mm).</param>
/// <param name="VoxelType">Type of a stored voxel.</param>
/// <param name="Rescale">From stored to real values.</param>
/// <param name="BrickSize">Voxels of a brick per axis.</param>
public sealed record VolumeDescription(VolumeGeometry Geometry, VoxelType VoxelType, Rescale Rescale, VolumeSize BrickSize)
{
    /// <summary>Bricks when the client names no size: 64³ voxels.</summary>
    public static VolumeSize DefaultBrickSize { get; } = new(64, 64, 64);

    /// <summary>The window the user looks at, in real values; null lets the model choose from the slice.</summary>
    public IntensityWindow? DisplayWindow { get; init; }

    /// <summary>What made the image.</summary>
    public Modality Modality { get; init; }

    /// <summary>Statistics of the whole volume, if the client knows them.</summary>
    public IntensityStatistics? Statistics { get; init; }

    /// <summary>
    /// SHA-256 of all voxels as sent, 64 hexadecimal digits, as the client states it; null when it does not. Sessions of
    /// one caller on the same content share bricks and image features.
    /// </summary>
    public string? ContentSha256 { get; init; }

    /// <summary>Bytes of all voxels as stored.</summary>
    public long Bytes => Geometry.Size.VoxelCount * VoxelType.Bytes();
}
