using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Volumes;

/// <summary>
/// A whole scalar volume in memory, as a file reader gives it. Immutable as long as the caller leaves the bytes
/// alone.
/// </summary>
public sealed class Volume
{
    /// <param name="geometry">The grid; <c>Size</c> gives the shape (k, j, i) of the data.</param>
    /// <param name="voxelType">How each voxel is stored.</param>
    /// <param name="rescale">What stored numbers mean; finite, slope not 0.</param>
    /// <param name="data">Little-endian voxels in C-order (k, j, i), exactly VoxelCount · Bytes() of them.</param>
    /// <exception cref="VolumeException">The byte count does not match, or the rescale is not usable.</exception>
    public Volume(VolumeGeometry geometry, VoxelType voxelType, Rescale rescale, ReadOnlyMemory<byte> data)
    {
        RequireRescale(rescale);
        var expected = geometry.Size.VoxelCount * voxelType.Bytes();
        if (data.Length != expected)
        {
            throw new VolumeException(
                $"a {geometry.Size} volume of {voxelType} must have {expected} bytes, got {data.Length}");
        }

        Geometry = geometry;
        VoxelType = voxelType;
        Rescale = rescale;
        Data = data;
    }

    public VolumeGeometry Geometry { get; }

    public VoxelType VoxelType { get; }

    public Rescale Rescale { get; }

    /// <summary>Stored voxels, little-endian, C-order (k, j, i).</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The value of one voxel: stored · slope + intercept.</summary>
    /// <exception cref="VolumeException">The voxel is not in the volume.</exception>
    public float ValueAt(Ijk voxel)
    {
        if (!Geometry.Size.Contains(voxel))
        {
            throw new VolumeException($"a voxel of the {Geometry.Size} volume was asked for, got {voxel}");
        }

        return Rescale.Apply(StoredVoxels.Read(Data.Span[OffsetOf(voxel.I, voxel.J, voxel.K)..], VoxelType));
    }

    /// <summary>The values of a box, in C-order (k, j, i) of the box.</summary>
    /// <exception cref="VolumeException">The box leaves the volume, or the destination has another length.</exception>
    public void ReadBox(VoxelBox box, Span<float> destination)
    {
        RequireBox(box, destination.Length, box.VoxelCount, "values");
        var length = box.Size.I;
        var data = Data.Span;
        for (int k = box.Lower.K, row = 0; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++, row += length)
            {
                StoredVoxels.ToValues(data[OffsetOf(box.Lower.I, j, k)..], VoxelType, Rescale, destination.Slice(row, length));
            }
        }
    }

    /// <summary>The stored bytes of a box, in C-order (k, j, i) of the box.</summary>
    /// <exception cref="VolumeException">The box leaves the volume, or the destination has another length.</exception>
    public void CopyBox(VoxelBox box, Span<byte> destination)
    {
        RequireBox(box, destination.Length, box.VoxelCount * VoxelType.Bytes(), "bytes");
        var length = box.Size.I * VoxelType.Bytes();
        var data = Data.Span;
        for (int k = box.Lower.K, row = 0; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++, row += length)
            {
                data.Slice(OffsetOf(box.Lower.I, j, k), length).CopyTo(destination[row..]);
            }
        }
    }

    internal static void RequireRescale(Rescale rescale)
    {
        if (!rescale.IsValid)
        {
            throw new VolumeException($"rescale must be finite with a slope other than 0, got {rescale}");
        }
    }

    private int OffsetOf(int i, int j, int k)
    {
        var size = Geometry.Size;
        return checked((int)(((((long)k * size.J) + j) * size.I) + i) * VoxelType.Bytes());
    }

    private void RequireBox(VoxelBox box, int got, long expected, string what)
    {
        if (!Geometry.Bounds.Encloses(box))
        {
            throw new VolumeException($"a box must lie inside the {Geometry.Size} volume, got {box}");
        }

        if (got != expected)
        {
            throw new VolumeException($"the destination of {box} must hold {expected} {what}, got {got}");
        }
    }
}
