namespace SegBridge.Imaging.Geometry;

/// <summary>
/// One slice of a volume: all voxels whose index along <see cref="Axis"/> is <see cref="Index"/>. Its pixels are
/// row-major with a fixed layout: K → rows j, columns i; J → rows k, columns i; I → rows k, columns j.
/// </summary>
public readonly record struct SlicePlane(Axis Axis, int Index)
{
    /// <summary>The axis along which the row number grows.</summary>
    public Axis RowAxis => Axis == Axis.K ? Axis.J : Axis.K;

    /// <summary>The axis along which the column number grows.</summary>
    public Axis ColumnAxis => Axis == Axis.I ? Axis.J : Axis.I;

    /// <summary>The voxels of this slice in a volume of this size.</summary>
    /// <exception cref="GeometryException">The index is not in the volume.</exception>
    public VoxelBox BoxIn(VolumeSize volume)
    {
        RequireIn(volume);
        var (lower, upper) = (new Ijk(0, 0, 0), new Ijk(volume.I, volume.J, volume.K));
        return Axis switch
        {
            Axis.I => new VoxelBox(lower with { I = Index }, upper with { I = Index + 1 }),
            Axis.J => new VoxelBox(lower with { J = Index }, upper with { J = Index + 1 }),
            _ => new VoxelBox(lower with { K = Index }, upper with { K = Index + 1 }),
        };
    }

    /// <summary>Pixels down and across this slice of a volume of this size.</summary>
    /// <exception cref="GeometryException">The index is not in the volume.</exception>
    public (int Rows, int Columns) ShapeIn(VolumeSize volume)
    {
        RequireIn(volume);
        return (volume[RowAxis], volume[ColumnAxis]);
    }

    /// <summary>The voxel at a pixel of this slice.</summary>
    public Ijk VoxelAt(int row, int column) => Axis switch
    {
        Axis.I => new Ijk(Index, column, row),
        Axis.J => new Ijk(column, Index, row),
        _ => new Ijk(column, row, Index),
    };

    /// <summary>The pixel of a voxel, projected along <see cref="Axis"/> when the voxel lies off this slice.</summary>
    public (int Row, int Column) PixelOf(Ijk voxel) => (voxel[RowAxis], voxel[ColumnAxis]);

    /// <summary>The continuous pixel coordinates of a point, projected along <see cref="Axis"/>.</summary>
    public (double Row, double Column) PixelOf(VoxelPoint point) => Axis switch
    {
        Axis.I => (point.K, point.J),
        Axis.J => (point.K, point.I),
        _ => (point.J, point.I),
    };

    /// <summary>Pixel size in millimetres down and across.</summary>
    public (double Row, double Column) PixelSpacing(Spacing spacing) => (spacing[RowAxis], spacing[ColumnAxis]);

    private void RequireIn(VolumeSize volume)
    {
        if (Axis is not (Axis.I or Axis.J or Axis.K))
        {
            throw new GeometryException($"a slice's axis must be I, J or K, got {(int)Axis}");
        }

        if (Index < 0 || Index >= volume[Axis])
        {
            throw new GeometryException($"slice {Axis} must be in 0..{volume[Axis] - 1} of the {volume} volume, got {Index}");
        }
    }
}
