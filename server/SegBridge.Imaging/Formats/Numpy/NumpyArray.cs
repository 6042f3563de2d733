using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats.Numpy;

/// <summary>An array as NumPy has it: the last index runs fastest (C-order), so that a volume's axes are (k, j, i).</summary>
public sealed class NumpyArray
{
    private readonly byte[] _data;

    /// <param name="type">Of one element.</param>
    /// <param name="shape">Elements along each axis.</param>
    /// <param name="data">Product of the shape · type.Bytes bytes; taken over, and may be changed.</param>
    /// <exception cref="VolumeFormatException">The number of bytes is another.</exception>
    public NumpyArray(NumpyType type, IReadOnlyList<int> shape, byte[] data)
    {
        var expected = BytesOf(type, shape);
        if (data.LongLength != expected)
        {
            throw new VolumeFormatException($"an array of shape {Text(shape)} must have {expected} bytes, got {data.LongLength}");
        }

        (Type, Shape, _data) = (type, shape, data);
    }

    public NumpyType Type { get; }

    public IReadOnlyList<int> Shape { get; }

    public ReadOnlySpan<byte> Data => _data;

    /// <summary>Bytes of such an array; at most <see cref="long.MaxValue"/>.</summary>
    public static long BytesOf(NumpyType type, IReadOnlyList<int> shape) =>
        (long)shape.Aggregate((Int128)type.Bytes, (product, side) => Int128.Min(product * side, long.MaxValue));

    /// <summary>The same elements without a first axis of length 1.</summary>
    /// <exception cref="VolumeFormatException">The first axis is longer, or there is none.</exception>
    public NumpyArray WithoutFirstAxis() => Shape.Count > 0 && Shape[0] == 1
        ? new NumpyArray(Type, [.. Shape.Skip(1)], _data)
        : throw new VolumeFormatException($"the first axis must have length 1, got the shape {Text(Shape)}");

    /// <summary>
    /// The array as a volume; 64-bit numbers become the 32-bit ones that lose least. The array must not be used afterwards.
    /// </summary>
    /// <param name="spacing">Millimetres.</param>
    /// <exception cref="VolumeFormatException">It has not three axes, or a value is beyond 32 bits.</exception>
    /// <exception cref="GeometryException">Size or spacing is out of range.</exception>
    public Volume ToVolume(Spacing spacing)
    {
        if (Shape.Count != 3)
        {
            throw new VolumeFormatException($"a volume must have 3 axes, k, j and i, got the shape {Text(Shape)}");
        }

        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(Shape[2], Shape[1], Shape[0]), spacing);
        if (Type.Element is { } element)
        {
            return VoxelDecoder.ToVolume(_data, geometry, element, Type.IsBigEndian, Rescale.Identity);
        }

        var floats = new byte[checked(2 * _data.Length)];
        VoxelDecoder.Swap(_data, Type.IsBigEndian ? Type.Bytes : 1);
        var halves = MemoryMarshal.Cast<byte, Half>(_data);
        var singles = MemoryMarshal.Cast<byte, float>(floats.AsSpan());
        for (var n = 0; n < halves.Length; n++)
        {
            singles[n] = (float)halves[n];
        }

        return new Volume(geometry, VoxelType.Float32, Rescale.Identity, floats);
    }

    /// <summary>The voxels of a box whose elements are not 0.</summary>
    /// <exception cref="VolumeFormatException">The array's shape is not the box's (k, j, i).</exception>
    public BitBlock ToMask(VoxelBox box)
    {
        var size = box.Size;
        if (!Shape.SequenceEqual([size.K, size.J, size.I]))
        {
            throw new VolumeFormatException($"the array of a mask must have the shape ({size.K}, {size.J}, {size.I}), got {Text(Shape)}");
        }

        return BitBlock.FromVoxels(box, Type.Bytes == 1 ? _data : Truth());
    }

    public static string Text(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";

    // The sign of a zero does not make it another number.
    private byte[] Truth()
    {
        var (width, sign) = (Type.Bytes, Type.Kind == NumpyKind.FloatingPoint ? (byte)0x7F : (byte)0xFF);
        var top = Type.IsBigEndian ? 0 : width - 1;
        var truth = new byte[_data.Length / width];
        for (var n = 0; n < truth.Length; n++)
        {
            for (var b = 0; b < width; b++)
            {
                truth[n] |= (byte)(_data[(n * width) + b] & (b == top ? sign : 0xFF));
            }
        }

        return truth;
    }
}
