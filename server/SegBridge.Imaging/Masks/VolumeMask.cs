using System.Numerics;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Masks;

/// <summary>
/// The mask of one segment over a whole volume, one bit for each voxel. Only slices along k that hold a set voxel
/// take memory. Not safe for concurrent use: its session orders the edits.
/// </summary>
public sealed class VolumeMask
{
    private readonly MaskPlane?[] _planes;

    /// <summary>An empty mask.</summary>
    /// <exception cref="MaskBoxException">The size is not 1..32768 along each axis.</exception>
    public VolumeMask(VolumeSize size)
    {
        if (size.I is < 1 or > VolumeGeometry.MaxAxis || size.J is < 1 or > VolumeGeometry.MaxAxis || size.K is < 1 or > VolumeGeometry.MaxAxis)
        {
            throw new MaskBoxException($"a mask must have 1..{VolumeGeometry.MaxAxis} voxels along each axis, got {size}");
        }

        Size = size;
        _planes = new MaskPlane?[size.K];
    }

    public VolumeSize Size { get; }

    /// <summary>Number of set voxels.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of bits in memory.</summary>
    public long BytesHeld { get; private set; }

    /// <summary>The smallest box of the set voxels; empty when none is set. Only slices edited since the last call are searched.</summary>
    public VoxelBox BoundingBox
    {
        get
        {
            var all = VoxelBox.Empty;
            for (var k = 0; k < _planes.Length; k++)
            {
                if (_planes[k] is { } plane)
                {
                    var (lowI, endI, lowJ, endJ) = plane.Extent;
                    all = all.Union(new VoxelBox(new Ijk(lowI, lowJ, k), new Ijk(endI, endJ, k + 1)));
                }
            }

            return all;
        }
    }

    /// <summary>The bit of a voxel.</summary>
    /// <exception cref="MaskBoxException">The voxel is not in the volume.</exception>
    public bool this[Ijk voxel]
    {
        get
        {
            if (!Size.Contains(voxel))
            {
                throw new MaskBoxException($"a voxel of the {Size} mask was asked for, got {voxel}");
            }

            return _planes[voxel.K] is { } plane && (plane.Load(voxel.I, voxel.J) & 1) != 0;
        }
        set
        {
            if (this[voxel] != value)
            {
                Write(voxel.K, voxel.J, voxel.I, 1, value ? 1UL : 0UL);
                ReleaseWhenEmpty(voxel.K);
            }
        }
    }

    /// <summary>The bits of a box.</summary>
    /// <exception cref="MaskBoxException">The box leaves the volume.</exception>
    public BitBlock Read(VoxelBox box)
    {
        RequireInside(box);
        var block = new BitBlock(box);
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            if (_planes[k] is not { } plane)
            {
                continue;
            }

            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                BitSpan.Copy(plane.Bits, plane.BitOf(box.Lower.I, j), block.WritableRow(j, k), 0, box.Size.I);
            }
        }

        return block;
    }

    /// <summary>Sets the voxels of the content's box to the content and leaves all others.</summary>
    /// <returns>The smallest box that changed with its bits before and after; empty when nothing did.</returns>
    /// <exception cref="MaskBoxException">The box leaves the volume.</exception>
    public MaskChange Replace(BitBlock content)
    {
        RequireInside(content.Box);
        var changed = ChangedBox(content);
        if (changed.IsEmpty)
        {
            return MaskChange.None;
        }

        var change = new MaskChange(Read(changed), content.Crop(changed));
        Apply(change);
        return change;
    }

    /// <summary>Sets the voxels of the change's box to its bits after.</summary>
    /// <exception cref="MaskBoxException">The box leaves the volume.</exception>
    public void Apply(MaskChange change)
    {
        RequireInside(change.Box);
        var (after, box) = (change.After, change.Box);
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                var row = after.Row(j, k);
                for (var i = 0; i < box.Size.I; i += BitSpan.WordBits)
                {
                    Write(k, j, box.Lower.I + i, Math.Min(BitSpan.WordBits, box.Size.I - i), BitSpan.Load(row, i));
                }
            }

            ReleaseWhenEmpty(k);
        }
    }

    private VoxelBox ChangedBox(BitBlock content)
    {
        var box = content.Box;
        var (low, high) = (new Ijk(int.MaxValue, int.MaxValue, int.MaxValue), new Ijk(-1, -1, -1));
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            var plane = _planes[k];
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                var row = content.Row(j, k);
                var (first, last) = (int.MaxValue, -1);
                for (var i = 0; i < box.Size.I; i += BitSpan.WordBits)
                {
                    var old = plane is null ? 0 : plane.Load(box.Lower.I + i, j);
                    var differs = (old ^ BitSpan.Load(row, i)) & BitSpan.Mask(box.Size.I - i);
                    if (differs != 0)
                    {
                        first = Math.Min(first, i + BitOperations.TrailingZeroCount(differs));
                        last = i + BitOperations.Log2(differs);
                    }
                }

                if (last >= 0)
                {
                    low = new Ijk(Math.Min(low.I, first), Math.Min(low.J, j), Math.Min(low.K, k));
                    high = new Ijk(Math.Max(high.I, last), Math.Max(high.J, j), k);
                }
            }
        }

        return high.K < 0
            ? VoxelBox.Empty
            : new VoxelBox(low with { I = box.Lower.I + low.I }, new Ijk(box.Lower.I + high.I + 1, high.J + 1, high.K + 1));
    }

    private void Write(int k, int j, int i, int count, ulong word)
    {
        word &= BitSpan.Mask(count);
        if (_planes[k] is not { } plane)
        {
            if (word == 0)
            {
                return;
            }

            plane = _planes[k] = new MaskPlane(Size.I, Size.J);
            BytesHeld += plane.Bits.Length;
        }

        Count += plane.Store(i, j, count, word);
    }

    private void ReleaseWhenEmpty(int k)
    {
        if (_planes[k] is { Count: 0 } plane)
        {
            BytesHeld -= plane.Bits.Length;
            _planes[k] = null;
        }
    }

    private void RequireInside(VoxelBox box)
    {
        if (!Size.Bounds.Encloses(box))
        {
            throw new MaskBoxException($"a box must lie inside the {Size} mask, got {box}");
        }
    }
}
