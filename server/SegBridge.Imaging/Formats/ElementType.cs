namespace SegBridge.Imaging.Formats;

/// <summary>Types of voxels as files store them: <see cref="Volumes.VoxelType"/> and those of 64 bits.</summary>
internal enum ElementType
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    Float32,
    UInt64,
    Int64,
    Float64,
}

internal static class ElementTypeExtensions
{
    /// <summary>Bytes of one element in the file.</summary>
    public static int StoredBytes(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.UInt16 or ElementType.Int16 => 2,
        ElementType.UInt64 or ElementType.Int64 or ElementType.Float64 => 8,
        _ => 4,
    };

    /// <summary>Bytes of one element held at the peak of reading it: stored, and narrowed where it must be.</summary>
    public static int PeakBytes(this ElementType type) => type.StoredBytes() == 8 ? 12 : type.StoredBytes();
}
