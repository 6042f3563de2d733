using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Two grids over the same voxels: their axes may run in any order and direction, and one may start or end elsewhere.
/// </summary>
public sealed class GridAlignment
{
    // As a part of a voxel, over the whole extent: files give positions in few digits.
    internal const double Tolerance = 0.1;

    private readonly VolumeSize _size;
    private readonly Ijk _origin;
    private readonly Ijk _alongI;
    private readonly Ijk _alongJ;
    private readonly Ijk _alongK;

    private GridAlignment(VolumeSize size, Ijk origin, Ijk[] steps) =>
        (_size, _origin, _alongI, _alongJ, _alongK) = (size, origin, steps[0], steps[1], steps[2]);

    /// <summary>Whether all voxels are the same and have the same indices.</summary>
    public bool IsIdentity { get; private init; }

    /// <summary>How the voxels of one grid lie on another; null where they do not.</summary>
    public static GridAlignment? Find(VolumeGeometry from, VolumeGeometry to)
    {
        var origin = to.ToVoxel(from.Origin);
        VoxelPoint[] ends =
        [
            to.ToVoxel(from.ToLps(new Ijk(from.Size.I - 1, 0, 0))),
            to.ToVoxel(from.ToLps(new Ijk(0, from.Size.J - 1, 0))),
            to.ToVoxel(from.ToLps(new Ijk(0, 0, from.Size.K - 1))),
        ];
        if (!IsWhole(origin) || !ends.All(IsWhole))
        {
            return null;
        }

        var first = origin.Nearest();
        Ijk[] steps = [StepOf(first, ends[0], from.Size.I), StepOf(first, ends[1], from.Size.J), StepOf(first, ends[2], from.Size.K)];
        // An axis of one voxel has no direction of its own and takes the one that is left.
        for (var n = 0; n < steps.Length; n++)
        {
            if (steps[n] == default && from.Size[(Axis)n] == 1)
            {
                Ijk[] units = [new(1, 0, 0), new(0, 1, 0), new(0, 0, 1)];
                steps[n] = units.First(unit => steps.All(step => (step.I * unit.I) + (step.J * unit.J) + (step.K * unit.K) == 0));
            }
        }

        var covered = steps.Aggregate(new Ijk(0, 0, 0), (sum, step) => new Ijk(sum.I + Math.Abs(step.I), sum.J + Math.Abs(step.J), sum.K + Math.Abs(step.K)));
        return covered == new Ijk(1, 1, 1)
            ? new GridAlignment(to.Size, first, steps)
            {
                IsIdentity = from.Size == to.Size && first == default && steps[0].I == 1 && steps[1].J == 1 && steps[2].K == 1,
            }
            : null;
    }

    /// <summary>The index of a voxel on the other grid; it may lie outside its size.</summary>
    public Ijk Of(Ijk voxel) => new(
        _origin.I + (_alongI.I * voxel.I) + (_alongJ.I * voxel.J) + (_alongK.I * voxel.K),
        _origin.J + (_alongI.J * voxel.I) + (_alongJ.J * voxel.J) + (_alongK.J * voxel.K),
        _origin.K + (_alongI.K * voxel.I) + (_alongJ.K * voxel.J) + (_alongK.K * voxel.K));

    /// <summary>The same mask on the other grid; null where a voxel of it lies outside.</summary>
    public VolumeMask? Apply(VolumeMask mask)
    {
        var box = mask.BoundingBox;
        if (IsIdentity || box.IsEmpty)
        {
            return IsIdentity ? mask : new VolumeMask(_size);
        }

        var moved = VoxelBox.Of(Of(box.Lower)).Union(VoxelBox.Of(Of(new Ijk(box.Upper.I - 1, box.Upper.J - 1, box.Upper.K - 1))));
        if (!_size.Bounds.Encloses(moved))
        {
            return null;
        }

        var block = new BitBlock(moved);
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            foreach (var voxel in mask.Read(new VoxelBox(box.Lower with { K = k }, box.Upper with { K = k + 1 })).Voxels)
            {
                block[Of(voxel)] = true;
            }
        }

        var result = new VolumeMask(_size);
        result.Replace(block);
        return result;
    }

    /// <summary>A value for each voxel of a box on the other grid; null where the box reaches outside.</summary>
    /// <param name="values">C-order (k, j, i) of the box.</param>
    /// <returns>The box there and its values, C-order.</returns>
    public (VoxelBox Box, ReadOnlyMemory<byte> Values)? Apply(VoxelBox box, ReadOnlyMemory<byte> values)
    {
        if (IsIdentity || box.IsEmpty)
        {
            return (box, values);
        }

        var moved = VoxelBox.Of(Of(box.Lower)).Union(VoxelBox.Of(Of(new Ijk(box.Upper.I - 1, box.Upper.J - 1, box.Upper.K - 1))));
        if (!_size.Bounds.Encloses(moved))
        {
            return null;
        }

        var result = new byte[values.Length];
        for (var n = 0; n < result.Length; n++)
        {
            var (row, i) = Math.DivRem(n, box.Size.I);
            var (k, j) = Math.DivRem(row, box.Size.J);
            var to = Of(new Ijk(box.Lower.I + i, box.Lower.J + j, box.Lower.K + k));
            result[((((to.K - moved.Lower.K) * moved.Size.J) + to.J - moved.Lower.J) * moved.Size.I) + to.I - moved.Lower.I] = values.Span[n];
        }

        return (moved, result);
    }

    private static bool IsWhole(VoxelPoint point)
    {
        var voxel = point.Nearest();
        return Math.Abs(point.I - voxel.I) <= Tolerance && Math.Abs(point.J - voxel.J) <= Tolerance && Math.Abs(point.K - voxel.K) <= Tolerance;
    }

    /// <summary>The step of one voxel: a unit along one axis, or zero where the way is none.</summary>
    private static Ijk StepOf(Ijk first, VoxelPoint end, int count)
    {
        var last = end.Nearest();
        var way = new Ijk(last.I - first.I, last.J - first.J, last.K - first.K);
        return Math.Abs(way.I) + Math.Abs(way.J) + Math.Abs(way.K) == count - 1 && (way.I == 0 ? 0 : 1) + (way.J == 0 ? 0 : 1) + (way.K == 0 ? 0 : 1) == 1
            ? new Ijk(Math.Sign(way.I), Math.Sign(way.J), Math.Sign(way.K))
            : default;
    }
}
