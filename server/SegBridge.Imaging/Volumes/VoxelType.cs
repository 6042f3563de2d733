namespace SegBridge.Imaging.Volumes;

/// <summary>How one voxel is stored: little-endian in memory and on the wire.</summary>
public enum VoxelType
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
}

/// <summary>Facts about a <see cref="VoxelType"/>.</summary>
public static class VoxelTypeExtensions
{
    /// <summary>Bytes of one voxel: 1, 2 or 4.</summary>
    public static int Bytes(this VoxelType type) => type switch
    {
        VoxelType.UInt8 or VoxelType.Int8 => 1,
        VoxelType.UInt16 or VoxelType.Int16 => 2,
        VoxelType.UInt32 or VoxelType.Int32 or VoxelType.Float32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a voxel type"),
    };
}
