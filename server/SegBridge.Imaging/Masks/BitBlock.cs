using System.Numerics;
using System.Runtime.Intrinsics;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Masks;

/// <summary>
/// One bit for each voxel of a box. Rows run along i and follow each other in C-order (k, j); each takes
/// ceil(sizeI / 8) bytes, bit b of byte n being voxel i = 8 · n + b of the box (least significant first); the bits
/// beyond sizeI are zero. Voxels are named by their index in the volume, not in the box.
/// </summary>
public sealed class BitBlock
{
    /// <summary>Largest number of bytes of a block.</summary>
    public const int MaxBytes = 1 << 30;

    // As many as fit a core's cache.
    private const int SlabValues = 1 << 18;

    private readonly byte[] _bits;

    /// <summary>A block of zeros.</summary>
    /// <exception cref="MaskFormatException">The box has more bits than <see cref="MaxBytes"/> hold.</exception>
    public BitBlock(VoxelBox box)
        : this(box, new byte[ByteCountOf(box)], trusted: true)
    {
    }

    private BitBlock(VoxelBox box, byte[] bits, bool trusted)
    {
        Box = box.IsEmpty ? VoxelBox.Empty : box;
        RowBytes = RowBytesOf(Box);
        _bits = bits;
        if (!trusted)
        {
            RequireShape();
        }
    }

    /// <summary>The voxels of this block.</summary>
    public VoxelBox Box { get; }

    /// <summary>Bytes of one row along i.</summary>
    public int RowBytes { get; }

    /// <summary>Number of rows: sizeK · sizeJ.</summary>
    public int RowCount => RowBytes == 0 ? 0 : _bits.Length / RowBytes;

    /// <summary>The packed bits.</summary>
    public ReadOnlySpan<byte> Bits => _bits;

    /// <summary>Number of set voxels.</summary>
    public long Count => BitSpan.PopCount(_bits);

    /// <summary>The set voxels in C-order (k, j, i).</summary>
    public IEnumerable<Ijk> Voxels
    {
        get
        {
            for (var n = 0; n < _bits.Length; n++)
            {
                for (var left = (uint)_bits[n]; left != 0; left &= left - 1)
                {
                    var (row, column) = Math.DivRem(n, RowBytes);
                    var (k, j) = Math.DivRem(row, Box.Size.J);
                    yield return new Ijk(Box.Lower.I + (column * 8) + BitOperations.TrailingZeroCount(left), Box.Lower.J + j, Box.Lower.K + k);
                }
            }
        }
    }

    internal Span<byte> WritableBits => _bits;

    /// <summary>The bit of a voxel.</summary>
    /// <exception cref="MaskBoxException">The voxel is not in the box.</exception>
    public bool this[Ijk voxel]
    {
        get
        {
            var bit = BitOf(voxel);
            return (_bits[bit >> 3] >> (int)(bit & 7) & 1) != 0;
        }
        set
        {
            var bit = BitOf(voxel);
            var one = (byte)(1 << (int)(bit & 7));
            _bits[bit >> 3] = value ? (byte)(_bits[bit >> 3] | one) : (byte)(_bits[bit >> 3] & ~one);
        }
    }

    /// <summary>The smallest box of the set voxels; empty when none is set.</summary>
    public VoxelBox BoundingBox
    {
        get
        {
            var columns = new byte[RowBytes];
            var (lowJ, highJ, lowK, highK) = (int.MaxValue, -1, int.MaxValue, -1);
            for (var row = 0; row < RowCount; row++)
            {
                var bits = _bits.AsSpan(row * RowBytes, RowBytes);
                if (bits.IndexOfAnyExcept((byte)0) < 0)
                {
                    continue;
                }

                BitSpan.Or(bits, columns);
                var (k, j) = Math.DivRem(row, Box.Size.J);
                (lowJ, highJ, lowK, highK) = (Math.Min(lowJ, j), Math.Max(highJ, j), Math.Min(lowK, k), Math.Max(highK, k));
            }

            if (highK < 0)
            {
                return VoxelBox.Empty;
            }

            var (first, end) = BitSpan.Extent(columns);
            return new VoxelBox(
                new Ijk(Box.Lower.I + first, Box.Lower.J + lowJ, Box.Lower.K + lowK),
                new Ijk(Box.Lower.I + end, Box.Lower.J + highJ + 1, Box.Lower.K + highK + 1));
        }
    }

    /// <summary>A block of given packed bits, which are copied.</summary>
    /// <exception cref="MaskFormatException">The length is not the box's, or a bit beyond a row's end is set.</exception>
    public static BitBlock FromPacked(VoxelBox box, ReadOnlySpan<byte> bits) => Adopt(box, bits.ToArray());

    /// <summary>A block whose voxels are set where the byte is not 0; the inverse of <see cref="Unpack"/>.</summary>
    /// <param name="box">The voxels the bytes belong to.</param>
    /// <param name="voxels">One for each voxel of the box, C-order (k, j, i).</param>
    /// <exception cref="MaskFormatException">The number of bytes is not the box's.</exception>
    public static BitBlock FromVoxels(VoxelBox box, ReadOnlySpan<byte> voxels)
    {
        if (voxels.Length != box.VoxelCount)
        {
            throw new MaskFormatException($"a mask of {box} must be made of {box.VoxelCount} voxels, got {voxels.Length}");
        }

        var block = new BitBlock(box);
        var length = box.Size.I;
        for (var row = 0; row < block.RowCount; row++)
        {
            BitSpan.Pack(voxels.Slice(row * length, length), block._bits.AsSpan(row * block.RowBytes, block.RowBytes));
        }

        return block;
    }

    /// <summary>A block whose voxels are set where the value is above the threshold; NaN is not.</summary>
    /// <param name="box">The voxels the values belong to.</param>
    /// <param name="values">One for each voxel of the box, C-order (k, j, i).</param>
    /// <param name="threshold">0 for logits, 0.5 for probabilities.</param>
    /// <exception cref="MaskFormatException">The number of values is not the box's.</exception>
    public static BitBlock Above(VoxelBox box, ReadOnlySpan<float> values, float threshold)
    {
        if (values.Length != box.VoxelCount)
        {
            throw new MaskFormatException($"a mask of {box} must be made of {box.VoxelCount} values, got {values.Length}");
        }

        var block = new BitBlock(box);
        block.PackRows(0, values, threshold);
        return block;
    }

    /// <summary>The same of values that are made slab by slab, so that those of a large box are never held together.</summary>
    /// <param name="box">The voxels the values belong to.</param>
    /// <param name="threshold">0 for logits, 0.5 for probabilities.</param>
    /// <param name="make">Writes the values of a part of the box, some slices across K, C-order (k, j, i).</param>
    public static BitBlock Above(VoxelBox box, float threshold, SlabMaker make)
    {
        var block = new BitBlock(box);
        if (box.IsEmpty)
        {
            return block;
        }

        var slice = box.Size.I * box.Size.J;
        var slices = Math.Clamp(SlabValues / slice, 1, box.Size.K);
        var values = new float[slices * slice];
        for (var k = box.Lower.K; k < box.Upper.K; k += slices)
        {
            var slab = new VoxelBox(box.Lower with { K = k }, box.Upper with { K = Math.Min(k + slices, box.Upper.K) });
            var made = values.AsSpan(0, slab.Size.K * slice);
            make(slab, made);
            block.PackRows((k - box.Lower.K) * box.Size.J, made, threshold);
        }

        return block;
    }

    /// <summary>Writes 1 for each set and 0 for each clear voxel, C-order (k, j, i).</summary>
    /// <exception cref="MaskFormatException">The destination is not one byte for each voxel.</exception>
    public void Unpack(Span<byte> voxels)
    {
        if (voxels.Length != Box.VoxelCount)
        {
            throw new MaskFormatException($"a mask of {Box} has {Box.VoxelCount} voxels, got room for {voxels.Length}");
        }

        var length = Box.Size.I;
        for (var row = 0; row < RowCount; row++)
        {
            BitSpan.Unpack(_bits.AsSpan(row * RowBytes, RowBytes), 0, voxels.Slice(row * length, length));
        }
    }

    /// <summary>The same for <paramref name="voxels"/>.Length voxels of a row, from <paramref name="first"/> on along i.</summary>
    /// <exception cref="MaskBoxException">The first or the last of them is not in the box.</exception>
    public void UnpackRow(Ijk first, Span<byte> voxels)
    {
        if (!Box.Contains(first) || !Box.Contains(first with { I = first.I + voxels.Length - 1 }))
        {
            throw new MaskBoxException($"{voxels.Length} voxels from {first} on were asked for of the block {Box}");
        }

        BitSpan.Unpack(Row(first.J, first.K), first.I - Box.Lower.I, voxels);
    }

    /// <summary>The same bits in another box: cut where it is smaller, zero where it is larger.</summary>
    /// <exception cref="MaskFormatException">The box has more bits than <see cref="MaxBytes"/> hold.</exception>
    public BitBlock Crop(VoxelBox box)
    {
        if (box == Box)
        {
            return AdoptTrusted(Box, _bits.AsSpan().ToArray());
        }

        var result = new BitBlock(box);
        result.Overwrite(this);
        return result;
    }

    /// <summary>Takes the bits of another block over where both are.</summary>
    public void Overwrite(BitBlock part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var common = Box.Intersect(part.Box);
        for (var k = common.Lower.K; k < common.Upper.K; k++)
        {
            for (var j = common.Lower.J; j < common.Upper.J; j++)
            {
                BitSpan.Copy(part.Row(j, k), common.Lower.I - part.Box.Lower.I, WritableRow(j, k), common.Lower.I - Box.Lower.I, common.Size.I);
            }
        }
    }

    /// <summary>The packed bits of the row of voxels (·, j, k).</summary>
    public ReadOnlySpan<byte> Row(int j, int k) => WritableRow(j, k);

    internal Span<byte> WritableRow(int j, int k) =>
        _bits.AsSpan((((k - Box.Lower.K) * Box.Size.J) + j - Box.Lower.J) * RowBytes, RowBytes);

    /// <summary>Takes over an array without copying it.</summary>
    internal static BitBlock Adopt(VoxelBox box, byte[] bits) => new(box, bits, trusted: false);

    /// <summary>Takes over an array that is known to be well-formed.</summary>
    internal static BitBlock AdoptTrusted(VoxelBox box, byte[] bits) => new(box, bits, trusted: true);

    internal static int RowBytesOf(VoxelBox box) => (int)(((long)box.Size.I + 7) / 8);

    internal static int ByteCountOf(VoxelBox box)
    {
        var size = box.Size;
        var bytes = (Int128)RowBytesOf(box) * size.J * size.K;
        return bytes <= MaxBytes
            ? (int)bytes
            : throw new MaskFormatException($"a mask block must have at most {MaxBytes} bytes of bits, got {bytes} for {box}");
    }

    private void PackRows(int first, ReadOnlySpan<float> values, float threshold)
    {
        var length = Box.Size.I;
        for (var row = 0; row < values.Length / Math.Max(1, length); row++)
        {
            PackRow(values.Slice(row * length, length), threshold, _bits.AsSpan((first + row) * RowBytes, RowBytes));
        }
    }

    private static void PackRow(ReadOnlySpan<float> values, float threshold, Span<byte> bits)
    {
        var limit = Vector256.Create(threshold);
        var whole = values.Length / 8;
        for (var n = 0; n < whole; n++)
        {
            var above = Vector256.GreaterThan(Vector256.Create(values[(8 * n)..]), limit);
            bits[n] = (byte)above.ExtractMostSignificantBits();
        }

        if (whole < bits.Length)
        {
            var packed = 0;
            for (var i = 8 * whole; i < values.Length; i++)
            {
                packed |= (values[i] > threshold ? 1 : 0) << (i & 7);
            }

            bits[whole] = (byte)packed;
        }
    }

    private long BitOf(Ijk voxel) => Box.Contains(voxel)
        ? ((((((long)voxel.K - Box.Lower.K) * Box.Size.J) + voxel.J - Box.Lower.J) * RowBytes) * 8) + voxel.I - Box.Lower.I
        : throw new MaskBoxException($"a voxel of the block {Box} was asked for, got {voxel}");

    private void RequireShape()
    {
        var expected = ByteCountOf(Box);
        if (_bits.Length != expected)
        {
            throw new MaskFormatException($"a mask of {Box} must have {expected} bytes of bits, got {_bits.Length}");
        }

        var padding = (8 * RowBytes) - Box.Size.I;
        if (padding == 0)
        {
            return;
        }

        for (var row = 0; row < RowCount; row++)
        {
            var last = _bits[((row + 1) * RowBytes) - 1];
            if (last >> (8 - padding) != 0)
            {
                throw new MaskFormatException(
                    $"the {padding} bits beyond the end of each row must be zero in a mask of {Box}, got a last byte of 0x{last:X2} in row {row}");
            }
        }
    }
}
