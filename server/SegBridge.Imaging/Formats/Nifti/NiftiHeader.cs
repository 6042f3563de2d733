namespace SegBridge.Imaging.Formats;

/// <summary>The fields of a NIfTI header that place, type and scale the voxels, the same for versions 1 and 2.</summary>
internal sealed record NiftiHeader
{
    public const int Size1 = 348;
    public const int Size2 = 540;

    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    public required bool BigEndian { get; init; }

    /// <summary>Whether the voxels follow in the same file (magic "n+1") or in a file of their own ("ni1").</summary>
    public required bool SingleFile { get; init; }

    /// <summary>dim[0..7]: the number of dimensions, then their extents.</summary>
    public required long[] Dim { get; init; }

    public required int DataType { get; init; }

    /// <summary>pixdim[0..7]: the sign of the third axis of the qform, then the spacings.</summary>
    public required double[] PixDim { get; init; }

    /// <summary>Where the voxels start in their file.</summary>
    public required double VoxelOffset { get; init; }

    public required double Slope { get; init; }

    public required double Intercept { get; init; }

    /// <summary>Units of space in bits 0–2, of time above.</summary>
    public required int Units { get; init; }

    public required int QFormCode { get; init; }

    public required int SFormCode { get; init; }

    /// <summary>b, c, d of the unit quaternion a + bi + cj + dk.</summary>
    public required double[] Quaternion { get; init; }

    /// <summary>RAS position of the first voxel according to the qform.</summary>
    public required double[] QOffset { get; init; }

    /// <summary>Rows x, y, z of the sform, four numbers each.</summary>
    public required double[] SForm { get; init; }
}
