using System.Collections.Concurrent;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Volumes;

/// <summary>
/// The bricks of one volume that have arrived so far. Safe for any number of threads: a reader sees each brick
/// either wholly before or wholly after a concurrent <see cref="Put"/>.
/// </summary>
public sealed class BrickStore
{
    private readonly ConcurrentDictionary<int, byte[]> _bricks = new();
    private readonly int _voxelBytes;
    private long _bytesHeld;

    /// <exception cref="BrickException">The grid is not of this volume's size.</exception>
    /// <exception cref="VolumeException">The rescale is not usable.</exception>
    public BrickStore(VolumeGeometry geometry, VoxelType voxelType, Rescale rescale, BrickGrid grid)
    {
        Volume.RequireRescale(rescale);
        if (grid.Volume != geometry.Size)
        {
            throw new BrickException($"the brick grid must be of the volume's size {geometry.Size}, got one of {grid.Volume}");
        }

        Geometry = geometry;
        VoxelType = voxelType;
        Rescale = rescale;
        Grid = grid;
        _voxelBytes = voxelType.Bytes();
    }

    public VolumeGeometry Geometry { get; }

    public VoxelType VoxelType { get; }

    public Rescale Rescale { get; }

    public BrickGrid Grid { get; }

    /// <summary>Bytes of stored voxels in memory.</summary>
    public long BytesHeld => Interlocked.Read(ref _bytesHeld);

    /// <summary>Number of bricks in memory.</summary>
    public int BrickCount => _bricks.Count;

    /// <summary>Takes a brick's stored voxels, little-endian, C-order (k, j, i) of the brick; copies them.</summary>
    /// <returns>True when the brick was not here before, false when it replaced an earlier one.</returns>
    /// <exception cref="BrickException">The index is outside the grid or the byte count is not the brick's.</exception>
    public bool Put(BrickIndex index, ReadOnlySpan<byte> voxels)
    {
        var size = Grid.BoxOf(index).Size;
        var expected = size.VoxelCount * _voxelBytes;
        if (voxels.Length != expected)
        {
            throw new BrickException($"{index} is {size} voxels of {VoxelType} and must have {expected} bytes, got {voxels.Length}");
        }

        var (key, copy) = (Grid.LinearIndexOf(index), voxels.ToArray());
        if (_bricks.TryAdd(key, copy))
        {
            Interlocked.Add(ref _bytesHeld, copy.Length);
            return true;
        }

        // Bricks are never removed, and a replacement has the same length.
        _bricks[key] = copy;
        return false;
    }

    /// <summary>Whether the brick has arrived; false for an index outside the grid.</summary>
    public bool Contains(BrickIndex index) => Grid.Contains(index) && _bricks.ContainsKey(Grid.LinearIndexOf(index));

    /// <summary>Whether the brick has arrived with exactly these stored voxels.</summary>
    public bool Holds(BrickIndex index, ReadOnlySpan<byte> voxels) =>
        Grid.Contains(index) && _bricks.TryGetValue(Grid.LinearIndexOf(index), out var held) && voxels.SequenceEqual(held);

    /// <summary>The bricks of the box that have not arrived, in C-order; what leaves the volume is ignored.</summary>
    public IReadOnlyList<BrickIndex> Missing(VoxelBox box) =>
        [.. Grid.Covering(box).Where(index => !_bricks.ContainsKey(Grid.LinearIndexOf(index)))];

    /// <summary>The values (stored · slope + intercept) of a box, in C-order (k, j, i) of the box.</summary>
    /// <exception cref="MissingBricksException">Some bricks of the box are not here.</exception>
    /// <exception cref="BrickException">The box leaves the volume, or the destination has another length.</exception>
    public void ReadBox(VoxelBox box, Span<float> destination)
    {
        RequireBox(box, destination.Length);
        RequireArrived(box);
        var size = box.Size;
        foreach (var index in Grid.Covering(box))
        {
            var brickBox = Grid.BoxOf(index);
            var part = brickBox.Intersect(box);
            var (brick, brickSize, length) = (_bricks[Grid.LinearIndexOf(index)], brickBox.Size, part.Size.I);
            for (var k = part.Lower.K; k < part.Upper.K; k++)
            {
                for (var j = part.Lower.J; j < part.Upper.J; j++)
                {
                    var from = (((((k - brickBox.Lower.K) * brickSize.J) + j - brickBox.Lower.J) * brickSize.I) + part.Lower.I - brickBox.Lower.I) * _voxelBytes;
                    var to = ((((k - box.Lower.K) * size.J) + j - box.Lower.J) * size.I) + part.Lower.I - box.Lower.I;
                    StoredVoxels.ToValues(brick.AsSpan(from), VoxelType, Rescale, destination.Slice(to, length));
                }
            }
        }
    }

    /// <summary>The values of a slice, row-major in the layout of <see cref="SlicePlane"/>.</summary>
    /// <exception cref="MissingBricksException">Some bricks of the slice are not here.</exception>
    /// <exception cref="BrickException">The destination is not rows · columns long.</exception>
    /// <exception cref="GeometryException">The slice is not in the volume.</exception>
    public void ReadSlice(SlicePlane plane, Span<float> destination)
    {
        // The layouts of all three slice axes are the C-order of a box one voxel thick.
        ReadBox(plane.BoxIn(Geometry.Size), destination);
    }

    private void RequireBox(VoxelBox box, int length)
    {
        if (!Geometry.Bounds.Encloses(box))
        {
            throw new BrickException($"a box must lie inside the {Geometry.Size} volume, got {box}");
        }

        if (length != box.VoxelCount)
        {
            throw new BrickException($"the destination of {box} must hold {box.VoxelCount} values, got {length}");
        }
    }

    private void RequireArrived(VoxelBox box)
    {
        var missing = Missing(box);
        if (missing.Count > 0)
        {
            throw new MissingBricksException(missing);
        }
    }
}
