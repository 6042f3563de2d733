using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Simulation;

/// <summary>What is wrong on one slice of a volume, within a box of it.</summary>
/// <param name="Plane">The slice.</param>
/// <param name="Box">The part of it that the maps show, pixel (0, 0) being the box's lower voxel.</param>
/// <param name="Missed">Pixels of the object that the mask lacks.</param>
/// <param name="Excess">Pixels of the mask that are not of the object.</param>
internal sealed record SliceErrors(SlicePlane Plane, VoxelBox Box, SliceMap Missed, SliceMap Excess)
{
    /// <summary>The voxel at a pixel of the maps.</summary>
    public Ijk VoxelAt(int row, int column) => Plane.VoxelAt(row + Box.Lower[Plane.RowAxis], column + Box.Lower[Plane.ColumnAxis]);
}

/// <summary>
/// The voxels in which a mask differs from the truth, on the slices that a reader of axial images looks at: those across
/// the axis nearest to the body's length.
/// </summary>
internal sealed class VolumeErrors
{
    // What a scribble needs around it to wobble as on PRISM's patch of 128 mm.
    private const double LeastSideMm = 128;

    private readonly List<SliceErrors> _slices = [];

    /// <exception cref="MaskBoxException">The masks are not of the geometry's size.</exception>
    public VolumeErrors(VolumeMask truth, VolumeMask predicted, VolumeGeometry geometry)
    {
        var axis = LongAxis(geometry.Direction);
        var shown = truth.BoundingBox.Union(predicted.BoundingBox);
        var around = Grown(shown, geometry);
        for (var index = shown.Lower[axis]; index < shown.Upper[axis]; index++)
        {
            var plane = new SlicePlane(axis, index);
            var box = plane.BoxIn(geometry.Size).Intersect(around);
            var (wanted, given) = (MapOf(truth, plane, box), MapOf(predicted, plane, box));
            var (missed, excess) = (wanted.Except(given), given.Except(wanted));
            if (!missed.IsEmpty || !excess.IsEmpty)
            {
                _slices.Add(new SliceErrors(plane, box, missed, excess));
                Count += missed.Count + excess.Count;
            }
        }
    }

    /// <summary>Slices with errors, in rising order.</summary>
    public IReadOnlyList<SliceErrors> Slices => _slices;

    /// <summary>Wrong voxels.</summary>
    public long Count { get; }

    /// <summary>A wrong voxel, each as likely as any other: positive where it was missed.</summary>
    /// <exception cref="InvalidOperationException">Nothing is wrong.</exception>
    public VoxelClick Any(Random random)
    {
        var left = random.NextInt64(Count);
        foreach (var slice in _slices)
        {
            foreach (var (map, positive) in new[] { (slice.Missed, true), (slice.Excess, false) })
            {
                if (left < map.Count)
                {
                    var (row, column) = Math.DivRem(Nth(map, (int)left), map.Columns);
                    return new VoxelClick(slice.VoxelAt(row, column), positive);
                }

                left -= map.Count;
            }
        }

        throw new InvalidOperationException("nothing is wrong with the mask");
    }

    private static Axis LongAxis(Direction direction) =>
        new[] { Axis.K, Axis.J, Axis.I }.MaxBy(axis => Math.Abs(direction[axis].S));

    private static VoxelBox Grown(VoxelBox box, VolumeGeometry geometry)
    {
        int Margin(Axis axis) => 1 + Math.Max(0, (int)Math.Ceiling(((LeastSideMm / geometry.Spacing[axis]) - box.Size[axis]) / 2));
        var (i, j, k) = (Margin(Axis.I), Margin(Axis.J), Margin(Axis.K));
        return box.IsEmpty
            ? box
            : new VoxelBox(
                new Ijk(box.Lower.I - i, box.Lower.J - j, box.Lower.K - k), new Ijk(box.Upper.I + i, box.Upper.J + j, box.Upper.K + k))
            .Intersect(geometry.Bounds);
    }

    private static SliceMap MapOf(VolumeMask mask, SlicePlane plane, VoxelBox box)
    {
        var map = new SliceMap(box.Size[plane.RowAxis], box.Size[plane.ColumnAxis]);
        // Voxels of one slice lie in C-order, which is row-major for each of the three layouts.
        mask.Read(box).Unpack(map.Pixels);
        return map;
    }

    private static int Nth(SliceMap map, int n)
    {
        var at = -1;
        do
        {
            at += 1 + map.Pixels.AsSpan(at + 1).IndexOfAnyExcept((byte)0);
        }
        while (n-- > 0);
        return at;
    }
}
