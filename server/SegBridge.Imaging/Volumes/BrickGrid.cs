using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Volumes;

/// <summary>
/// How a volume is cut into bricks. Bricks at the upper edges are cut to the volume, never padded.
/// </summary>
public sealed class BrickGrid
{
    /// <summary>Largest number of voxels of a brick along one axis.</summary>
    public const int MaxBrickAxis = 256;

    /// <summary>Largest number of voxels of a brick.</summary>
    public const int MaxBrickVoxels = 1 << 22;

    /// <summary>Largest number of bricks of a volume.</summary>
    public const int MaxBricks = 1 << 24;

    /// <param name="volume">The volume's size, 1..32768 along each axis.</param>
    /// <param name="brick">Size of a whole brick: 1..256 along each axis, 2^22 voxels at most.</param>
    /// <exception cref="BrickException">A size is out of range, or the volume would have more than 2^24 bricks.</exception>
    public BrickGrid(VolumeSize volume, VolumeSize brick)
    {
        if (!InRange(volume, VolumeGeometry.MaxAxis))
        {
            throw new BrickException($"a volume must have 1..{VolumeGeometry.MaxAxis} voxels along each axis, got {volume}");
        }

        if (!InRange(brick, MaxBrickAxis) || brick.VoxelCount > MaxBrickVoxels)
        {
            throw new BrickException(
                $"a brick must have 1..{MaxBrickAxis} voxels along each axis and at most {MaxBrickVoxels} in all, got {brick}");
        }

        Volume = volume;
        Brick = brick;
        Counts = new VolumeSize(Ceiling(volume.I, brick.I), Ceiling(volume.J, brick.J), Ceiling(volume.K, brick.K));
        if (Counts.VoxelCount > MaxBricks)
        {
            throw new BrickException(
                $"a volume must have at most {MaxBricks} bricks, got {Counts.VoxelCount} bricks of {brick} for {volume}; larger bricks are needed");
        }
    }

    public VolumeSize Volume { get; }

    /// <summary>Size of a brick that is not cut by the volume's edge.</summary>
    public VolumeSize Brick { get; }

    /// <summary>Number of bricks along each axis.</summary>
    public VolumeSize Counts { get; }

    public bool Contains(BrickIndex index) => Counts.Contains(new Ijk(index.I, index.J, index.K));

    /// <summary>The voxels of a brick, cut to the volume.</summary>
    /// <exception cref="BrickException">The index is outside the grid.</exception>
    public VoxelBox BoxOf(BrickIndex index)
    {
        if (!Contains(index))
        {
            throw new BrickException($"a brick of the {Counts} grid was asked for, got {index}");
        }

        var lower = new Ijk(index.I * Brick.I, index.J * Brick.J, index.K * Brick.K);
        return VoxelBox.At(lower, Brick).Intersect(Volume.Bounds);
    }

    /// <summary>The brick that holds a voxel of the volume.</summary>
    public BrickIndex IndexOf(Ijk voxel) => new(voxel.I / Brick.I, voxel.J / Brick.J, voxel.K / Brick.K);

    /// <summary>The bricks that share a voxel with the box, in C-order (k, j, i); what leaves the volume is ignored.</summary>
    public IEnumerable<BrickIndex> Covering(VoxelBox box)
    {
        box = box.Intersect(Volume.Bounds);
        if (box.IsEmpty)
        {
            yield break;
        }

        var first = IndexOf(box.Lower);
        var last = IndexOf(new Ijk(box.Upper.I - 1, box.Upper.J - 1, box.Upper.K - 1));
        for (var k = first.K; k <= last.K; k++)
        {
            for (var j = first.J; j <= last.J; j++)
            {
                for (var i = first.I; i <= last.I; i++)
                {
                    yield return new BrickIndex(i, j, k);
                }
            }
        }
    }

    /// <summary>
    /// Bricks in the order in which they should travel: by the distance in millimetres from the focus to the nearest
    /// point of the brick's voxels, then by the distance to its middle, then in C-order.
    /// </summary>
    /// <exception cref="BrickException">An index is outside the grid.</exception>
    public IReadOnlyList<BrickIndex> NearestFirst(IEnumerable<BrickIndex> bricks, VoxelPoint focus, Spacing spacing)
    {
        var keyed = bricks.Select(brick =>
        {
            var box = BoxOf(brick);
            return (Brick: brick, Gap: SquaredGap(box, focus, spacing), Middle: SquaredToMiddle(box, focus, spacing));
        });
        return [.. keyed
            .OrderBy(b => b.Gap).ThenBy(b => b.Middle)
            .ThenBy(b => b.Brick.K).ThenBy(b => b.Brick.J).ThenBy(b => b.Brick.I)
            .Select(b => b.Brick)];
    }

    internal int LinearIndexOf(BrickIndex index) => (((index.K * Counts.J) + index.J) * Counts.I) + index.I;

    private static double SquaredGap(VoxelBox box, VoxelPoint focus, Spacing spacing)
    {
        var i = Gap(focus.I, box.Lower.I, box.Upper.I) * spacing.I;
        var j = Gap(focus.J, box.Lower.J, box.Upper.J) * spacing.J;
        var k = Gap(focus.K, box.Lower.K, box.Upper.K) * spacing.K;
        return (i * i) + (j * j) + (k * k);
    }

    private static double SquaredToMiddle(VoxelBox box, VoxelPoint focus, Spacing spacing)
    {
        var i = (((box.Lower.I + box.Upper.I - 1) / 2.0) - focus.I) * spacing.I;
        var j = (((box.Lower.J + box.Upper.J - 1) / 2.0) - focus.J) * spacing.J;
        var k = (((box.Lower.K + box.Upper.K - 1) / 2.0) - focus.K) * spacing.K;
        return (i * i) + (j * j) + (k * k);
    }

    // Voxel n covers [n − ½, n + ½).
    private static double Gap(double at, int lower, int upper) => Math.Max(0, Math.Max(lower - 0.5 - at, at - (upper - 0.5)));

    private static bool InRange(VolumeSize size, int max) =>
        size.I >= 1 && size.I <= max && size.J >= 1 && size.J <= max && size.K >= 1 && size.K <= max;

    private static int Ceiling(int a, int b) => (a + b - 1) / b;
}
