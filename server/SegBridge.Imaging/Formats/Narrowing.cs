using System.Globalization;
using System.Runtime.InteropServices;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// Narrows 64-bit voxels to a type that volumes have. The first that loses nothing is taken:
/// <list type="bullet">
/// <item>integers: Int32, then UInt32, then Float32;</item>
/// <item>floating point: Float32, then Int32.</item>
/// </list>
/// Where all lose something the result is Float32, each value rounded to the nearest. A finite value beyond the range
/// of Float32 is refused. NaN counts as kept, whatever its bits.
/// </summary>
internal static class Narrowing
{
    public static (VoxelType Type, byte[] Voxels) OfInt64(ReadOnlySpan<long> values)
    {
        long least = 0, most = 0;
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        var voxels = new byte[values.Length * sizeof(int)];
        if (least >= int.MinValue && most <= int.MaxValue)
        {
            var ints = MemoryMarshal.Cast<byte, int>(voxels.AsSpan());
            for (var n = 0; n < values.Length; n++)
            {
                ints[n] = (int)values[n];
            }

            return (VoxelType.Int32, voxels);
        }

        if (least >= 0 && most <= uint.MaxValue)
        {
            var words = MemoryMarshal.Cast<byte, uint>(voxels.AsSpan());
            for (var n = 0; n < values.Length; n++)
            {
                words[n] = (uint)values[n];
            }

            return (VoxelType.UInt32, voxels);
        }

        var floats = MemoryMarshal.Cast<byte, float>(voxels.AsSpan());
        for (var n = 0; n < values.Length; n++)
        {
            floats[n] = values[n];
        }

        return (VoxelType.Float32, voxels);
    }

    public static (VoxelType Type, byte[] Voxels) OfUInt64(ReadOnlySpan<ulong> values)
    {
        ulong most = 0;
        foreach (var value in values)
        {
            most = Math.Max(most, value);
        }

        if (most <= long.MaxValue)
        {
            return OfInt64(MemoryMarshal.Cast<ulong, long>(values));
        }

        var voxels = new byte[values.Length * sizeof(float)];
        var floats = MemoryMarshal.Cast<byte, float>(voxels.AsSpan());
        for (var n = 0; n < values.Length; n++)
        {
            floats[n] = values[n];
        }

        return (VoxelType.Float32, voxels);
    }

    public static (VoxelType Type, byte[] Voxels) OfFloat64(ReadOnlySpan<double> values)
    {
        var voxels = new byte[values.Length * sizeof(float)];
        var floats = MemoryMarshal.Cast<byte, float>(voxels.AsSpan());
        bool exact = true, fitsInt32 = true;
        for (var n = 0; n < values.Length; n++)
        {
            var value = values[n];
            var narrow = (float)value;
            if (float.IsInfinity(narrow) && double.IsFinite(value))
            {
                throw new VolumeFormatException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"voxel {n} is {value:R}; values must lie within the range of 32-bit floating point, ±{float.MaxValue:R}"));
            }

            floats[n] = narrow;
            exact &= narrow == value || double.IsNaN(value);
            fitsInt32 &= value is >= int.MinValue and <= int.MaxValue && value == Math.Floor(value);
        }

        if (exact || !fitsInt32)
        {
            return (VoxelType.Float32, voxels);
        }

        var ints = MemoryMarshal.Cast<byte, int>(voxels.AsSpan());
        for (var n = 0; n < values.Length; n++)
        {
            ints[n] = (int)values[n];
        }

        return (VoxelType.Int32, voxels);
    }
}
