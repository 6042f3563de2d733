namespace SegBridge.Models.Volumes.Patches;

/// <summary>
/// A voxel of a patch. Axes run to the patient's right, anterior and superior as nearly as the volume's own axes do; the
/// order in memory is (R, A, S) with S fastest.
/// </summary>
public readonly record struct PatchVoxel(int R, int A, int S)
{
    /// <summary>Where the voxel lies in an array of size³ values.</summary>
    public int OffsetIn(int size) => (((R * size) + A) * size) + S;

    public static PatchVoxel At(int offset, int size) => new(offset / (size * size), offset / size % size, offset % size);

    internal bool IsWithin(int size) => (uint)R < (uint)size && (uint)A < (uint)size && (uint)S < (uint)size;
}
