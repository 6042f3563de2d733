namespace SegBridge.Imaging.Volumes;

/// <summary>How a brick's voxels travel.</summary>
public enum BrickEncoding
{
    /// <summary>The stored voxels as they are: little-endian, C-order (k, j, i).</summary>
    Raw = 0,

    /// <summary>The stored voxels as one zlib stream (RFC 1950).</summary>
    Zlib = 1,

    /// <summary>
    /// Differences along i, split into byte planes, as one zlib stream. Each voxel, as an unsigned integer of its
    /// width (a float's bit pattern), is replaced by its difference to the voxel before it in its row, modulo
    /// 2^bits; the first of a row stays. Then come byte 0 (least significant) of all voxels in C-order, byte 1 of
    /// all, and so on.
    /// </summary>
    DeltaPlanesZlib = 2,
}
