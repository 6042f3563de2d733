namespace SegBridge.Imaging.Formats;

/// <summary>
/// What a reader may spend on one file. Both limits are compared with what the file's header declares before memory
/// is allocated, so a small file cannot ask for a large buffer.
/// </summary>
/// <param name="MaxVoxelBytes">
/// Largest number of bytes held for voxels while reading. Types of 64 bits count 12 bytes a voxel: 8 as stored and 4
/// as narrowed. At most <see cref="Array.MaxLength"/> takes effect, since a volume is one array.
/// </param>
/// <param name="MaxHeaderBytes">
/// Largest number of bytes before the voxels: header text, header extensions and skipped bytes or lines.
/// </param>
public sealed record ReadLimits(long MaxVoxelBytes = 2_147_483_591, int MaxHeaderBytes = 4 << 20)
{
    /// <summary>2 GiB of voxels, 4 MiB of header.</summary>
    public static ReadLimits Default { get; } = new();
}
