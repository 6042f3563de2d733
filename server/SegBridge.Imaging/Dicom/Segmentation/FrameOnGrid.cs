using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>Where the pixels of a frame lie on a grid: each on a voxel of its own.</summary>
internal sealed class FrameOnGrid
{
    // A frame that lies this part of a voxel beside the grid is on it: positions are written with few digits.
    private const double Tolerance = 0.1;
    private const double StepTolerance = 1e-2;

    private readonly DicomFrame _frame;
    private readonly Ijk _first;
    private readonly Ijk _alongRow;
    private readonly Ijk _alongColumn;

    private FrameOnGrid(DicomFrame frame, Ijk first, Ijk alongRow, Ijk alongColumn)
    {
        (_frame, _first, _alongRow, _alongColumn) = (frame, first, alongRow, alongColumn);
        Box = VoxelBox.Of(first).Union(VoxelBox.Of(VoxelOf(frame.Pixels.Rows - 1, frame.Pixels.Columns - 1)));
    }

    /// <summary>Around all pixels.</summary>
    public VoxelBox Box { get; }

    /// <exception cref="VolumeFormatException">The frame does not lie on the grid.</exception>
    public static FrameOnGrid Of(DicomFrame frame, VolumeGeometry grid)
    {
        var origin = grid.ToVoxel(frame.Position);
        var first = origin.Nearest();
        if (Math.Abs(origin.I - first.I) > Tolerance || Math.Abs(origin.J - first.J) > Tolerance || Math.Abs(origin.K - first.K) > Tolerance)
        {
            throw OffGrid(frame, grid);
        }

        var place = new FrameOnGrid(frame, first, StepOf(grid, frame, frame.AlongRow), StepOf(grid, frame, frame.AlongColumn));
        return grid.Bounds.Encloses(place.Box) ? place : throw OffGrid(frame, grid);
    }

    /// <summary>Reads the pixels that are not 0.</summary>
    /// <exception cref="VolumeFormatException">They cannot be read.</exception>
    public void ForEach(Action<Ijk, byte> use)
    {
        var pixels = _frame.Pixels.GetFrame(_frame.Index);
        for (var n = 0; n < pixels.Length; n++)
        {
            if (pixels[n] != 0)
            {
                var (row, column) = Math.DivRem(n, _frame.Pixels.Columns);
                use(VoxelOf(row, column), pixels[n]);
            }
        }
    }

    private Ijk VoxelOf(int row, int column) => new(
        _first.I + (_alongRow.I * column) + (_alongColumn.I * row),
        _first.J + (_alongRow.J * column) + (_alongColumn.J * row),
        _first.K + (_alongRow.K * column) + (_alongColumn.K * row));

    /// <summary>The voxel step of a pixel step: one along one axis.</summary>
    private static Ijk StepOf(VolumeGeometry grid, DicomFrame frame, LpsVector pixelStep)
    {
        var (from, to) = (grid.ToVoxel(frame.Position), grid.ToVoxel(frame.Position + pixelStep));
        double[] exact = [to.I - from.I, to.J - from.J, to.K - from.K];
        var whole = Array.ConvertAll(exact, Math.Round);
        return whole.Sum(Math.Abs) == 1 && exact.Zip(whole).All(pair => Math.Abs(pair.First - pair.Second) <= StepTolerance)
            ? new Ijk((int)whole[0], (int)whole[1], (int)whole[2])
            : throw OffGrid(frame, grid);
    }

    private static VolumeFormatException OffGrid(DicomFrame frame, VolumeGeometry grid) => new(
        $"the segmentation must lie on the voxels of the {grid.Size} volume; frame {frame.Index + 1} does not. Was it made for another series, or resampled?");
}
