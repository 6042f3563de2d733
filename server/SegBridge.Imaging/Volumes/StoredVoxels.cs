using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SegBridge.Imaging.Volumes;

/// <summary>Turns stored little-endian voxels into values; the one place that knows how each type is read.</summary>
internal static class StoredVoxels
{
    /// <summary>One stored number as a double, exactly.</summary>
    public static double Read(ReadOnlySpan<byte> at, VoxelType type) => type switch
    {
        VoxelType.UInt8 => (double)at[0],
        VoxelType.Int8 => (sbyte)at[0],
        VoxelType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
        VoxelType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(at),
        VoxelType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(at),
        VoxelType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
        VoxelType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(at),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a voxel type"),
    };

    /// <summary>
    /// Values of a run of stored voxels: bit for bit what <see cref="Rescale.Apply"/> gives for each. At least
    /// values.Length · Bytes() bytes are given; those beyond are left alone.
    /// </summary>
    public static void ToValues(ReadOnlySpan<byte> stored, VoxelType type, Rescale rescale, Span<float> values)
    {
        stored = stored[..(values.Length * type.Bytes())];
        if (!BitConverter.IsLittleEndian)
        {
            ToValuesOneByOne(stored, type, rescale, values);
            return;
        }

        switch (type)
        {
            case VoxelType.UInt8:
                Widen(stored, values);
                break;
            case VoxelType.Int8:
                Widen(MemoryMarshal.Cast<byte, sbyte>(stored), values);
                break;
            case VoxelType.UInt16:
                Widen(MemoryMarshal.Cast<byte, ushort>(stored), values);
                break;
            case VoxelType.Int16:
                Widen(MemoryMarshal.Cast<byte, short>(stored), values);
                break;
            case VoxelType.Float32:
                MemoryMarshal.Cast<byte, float>(stored).CopyTo(values);
                break;
            default:
                // 32-bit integers do not fit a float's 24 bits: they go through double one by one.
                ToValuesOneByOne(stored, type, rescale, values);
                return;
        }

        if (!rescale.IsIdentity)
        {
            RescaleInPlace(values, rescale);
        }
    }

    private static void ToValuesOneByOne(ReadOnlySpan<byte> stored, VoxelType type, Rescale rescale, Span<float> values)
    {
        var bytes = type.Bytes();
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = rescale.Apply(Read(stored[(n * bytes)..], type));
        }
    }

    // Floats hold 8- and 16-bit integers exactly, so only the rescale rounds.
    private static void RescaleInPlace(Span<float> values, Rescale rescale)
    {
        var (slope, intercept) = (new Vector<double>(rescale.Slope), new Vector<double>(rescale.Intercept));
        var width = Vector<float>.Count;
        var n = 0;
        for (; n <= values.Length - width; n += width)
        {
            var part = values.Slice(n, width);
            Vector.Widen(new Vector<float>(part), out var low, out var high);
            Vector.Narrow((low * slope) + intercept, (high * slope) + intercept).CopyTo(part);
        }

        for (; n < values.Length; n++)
        {
            values[n] = rescale.Apply(values[n]);
        }
    }

    private static void Widen(ReadOnlySpan<byte> stored, Span<float> values)
    {
        var (width, quarter) = (Vector<byte>.Count, Vector<float>.Count);
        var n = 0;
        for (; n <= values.Length - width; n += width)
        {
            Vector.Widen(new Vector<byte>(stored[n..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Vector.ConvertToSingle(Vector.AsVectorInt32(a)).CopyTo(values[n..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(b)).CopyTo(values[(n + quarter)..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(c)).CopyTo(values[(n + (2 * quarter))..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(d)).CopyTo(values[(n + (3 * quarter))..]);
        }

        for (; n < values.Length; n++)
        {
            values[n] = stored[n];
        }
    }

    private static void Widen(ReadOnlySpan<sbyte> stored, Span<float> values)
    {
        var (width, quarter) = (Vector<sbyte>.Count, Vector<float>.Count);
        var n = 0;
        for (; n <= values.Length - width; n += width)
        {
            Vector.Widen(new Vector<sbyte>(stored[n..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Vector.ConvertToSingle(a).CopyTo(values[n..]);
            Vector.ConvertToSingle(b).CopyTo(values[(n + quarter)..]);
            Vector.ConvertToSingle(c).CopyTo(values[(n + (2 * quarter))..]);
            Vector.ConvertToSingle(d).CopyTo(values[(n + (3 * quarter))..]);
        }

        for (; n < values.Length; n++)
        {
            values[n] = stored[n];
        }
    }

    private static void Widen(ReadOnlySpan<ushort> stored, Span<float> values)
    {
        var (width, half) = (Vector<ushort>.Count, Vector<float>.Count);
        var n = 0;
        for (; n <= values.Length - width; n += width)
        {
            Vector.Widen(new Vector<ushort>(stored[n..]), out var low, out var high);
            Vector.ConvertToSingle(Vector.AsVectorInt32(low)).CopyTo(values[n..]);
            Vector.ConvertToSingle(Vector.AsVectorInt32(high)).CopyTo(values[(n + half)..]);
        }

        for (; n < values.Length; n++)
        {
            values[n] = stored[n];
        }
    }

    private static void Widen(ReadOnlySpan<short> stored, Span<float> values)
    {
        var (width, half) = (Vector<short>.Count, Vector<float>.Count);
        var n = 0;
        for (; n <= values.Length - width; n += width)
        {
            Vector.Widen(new Vector<short>(stored[n..]), out var low, out var high);
            Vector.ConvertToSingle(low).CopyTo(values[n..]);
            Vector.ConvertToSingle(high).CopyTo(values[(n + half)..]);
        }

        for (; n < values.Length; n++)
        {
            values[n] = stored[n];
        }
    }
}
