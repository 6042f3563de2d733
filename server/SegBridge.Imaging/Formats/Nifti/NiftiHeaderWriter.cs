using System.Buffers.Binary;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>Encodes the header of a single-file NIfTI, little-endian, with the four bytes that say "no extensions".</summary>
internal static class NiftiHeaderWriter
{
    private const short ScannerCode = 1;
    private const byte Millimetres = 2;
    private const int ExtenderBytes = 4;

    /// <returns>352 bytes for version 1, 544 for version 2; the voxels follow at once.</returns>
    public static byte[] Encode(Volume volume, int version)
    {
        var bytes = new byte[(version == 1 ? NiftiHeader.Size1 : NiftiHeader.Size2) + ExtenderBytes];
        if (version == 1)
        {
            Encode1(bytes, volume);
        }
        else
        {
            Encode2(bytes, volume);
        }

        return bytes;
    }

    private static void Encode1(Span<byte> bytes, Volume volume)
    {
        var (size, spacing) = (volume.Geometry.Size, volume.Geometry.Spacing);
        var qform = NiftiQForm.Of(volume.Geometry);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, NiftiHeader.Size1);
        bytes[38] = (byte)'r';
        Shorts(bytes[40..], 3, (short)size.I, (short)size.J, (short)size.K, 1, 1, 1, 1);
        Shorts(bytes[70..], DataTypeOf(volume.VoxelType), (short)(8 * volume.VoxelType.Bytes()));
        Singles(bytes[76..], qform?.Hand ?? 1, spacing.I, spacing.J, spacing.K, 1, 1, 1, 1);
        Singles(bytes[108..], bytes.Length, volume.Rescale.Slope, volume.Rescale.Intercept);
        bytes[123] = Millimetres;
        Shorts(bytes[252..], qform is null ? (short)0 : ScannerCode, ScannerCode);
        Singles(bytes[256..], Orientation(volume.Geometry, qform));
        "n+1\0"u8.CopyTo(bytes[344..]);
    }

    private static void Encode2(Span<byte> bytes, Volume volume)
    {
        var (size, spacing) = (volume.Geometry.Size, volume.Geometry.Spacing);
        var qform = NiftiQForm.Of(volume.Geometry);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, NiftiHeader.Size2);
        "n+2\0\r\n\u001a\n"u8.CopyTo(bytes[4..]);
        Shorts(bytes[12..], DataTypeOf(volume.VoxelType), (short)(8 * volume.VoxelType.Bytes()));
        Longs(bytes[16..], 3, size.I, size.J, size.K, 1, 1, 1, 1);
        Doubles(bytes[104..], qform?.Hand ?? 1, spacing.I, spacing.J, spacing.K, 1, 1, 1, 1);
        Longs(bytes[168..], bytes.Length);
        Doubles(bytes[176..], volume.Rescale.Slope, volume.Rescale.Intercept);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[344..], qform is null ? 0 : ScannerCode);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[348..], ScannerCode);
        Doubles(bytes[352..], Orientation(volume.Geometry, qform));
        BinaryPrimitives.WriteInt32LittleEndian(bytes[500..], Millimetres);
    }

    /// <summary>quatern_b, c, d; qoffset_x, y, z; srow_x, y, z: the order is the same in both versions.</summary>
    private static double[] Orientation(VolumeGeometry geometry, NiftiQForm? qform)
    {
        var (steps, ras) = (GridSteps.Of(geometry), WorldFrame.Ras);
        var (i, j, k, o) = (ras.FromLps(steps.I), ras.FromLps(steps.J), ras.FromLps(steps.K), ras.FromLps(steps.Origin));
        var q = qform ?? default;
        return
        [
            q.B, q.C, q.D,
            o.X, o.Y, o.Z,
            i.X, j.X, k.X, o.X,
            i.Y, j.Y, k.Y, o.Y,
            i.Z, j.Z, k.Z, o.Z,
        ];
    }

    private static short DataTypeOf(VoxelType type) => type switch
    {
        VoxelType.UInt8 => 2,
        VoxelType.Int16 => 4,
        VoxelType.Int32 => 8,
        VoxelType.Float32 => 16,
        VoxelType.Int8 => 256,
        VoxelType.UInt16 => 512,
        VoxelType.UInt32 => 768,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a voxel type"),
    };

    private static void Shorts(Span<byte> at, params ReadOnlySpan<short> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(at[(n * sizeof(short))..], values[n]);
        }
    }

    private static void Longs(Span<byte> at, params ReadOnlySpan<long> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at[(n * sizeof(long))..], values[n]);
        }
    }

    private static void Singles(Span<byte> at, params ReadOnlySpan<double> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(at[(n * sizeof(float))..], (float)values[n]);
        }
    }

    private static void Doubles(Span<byte> at, params ReadOnlySpan<double> values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(at[(n * sizeof(double))..], values[n]);
        }
    }
}
