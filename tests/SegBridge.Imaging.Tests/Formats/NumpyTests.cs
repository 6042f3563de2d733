using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Formats.Numpy;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

public sealed class NumpyTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Arrays_of_all_versions_are_read(byte version, bool isGzip)
    {
        var array = await ReadAsync(Npy(version, "<i2", "(2, 3, 4)", [.. Enumerable.Range(0, 24).SelectMany(n => BitConverter.GetBytes((short)(n - 5)))]), isGzip);
        Assert.Equal([2, 3, 4], array.Shape);
        var volume = array.ToVolume(new Spacing(0.5, 0.6, 2));
        Assert.Equal((new VolumeSize(4, 3, 2), VoxelType.Int16), (volume.Geometry.Size, volume.VoxelType));
        Assert.Equal(1 * 12 + 2 * 4 + 3 - 5, volume.ValueAt(new Ijk(3, 2, 1)));
    }

    [Fact]
    public async Task An_array_in_Fortran_order_is_turned_round()
    {
        var fortran = Npy(1, "|u1", "(2, 3, 4)", [.. Enumerable.Range(0, 24).Select(n => (byte)n)], isFortran: true);
        var volume = (await ReadAsync(fortran)).ToVolume(new Spacing(1, 1, 1));
        Assert.Equal(1 + (2 * 2) + (3 * 6), volume.ValueAt(new Ijk(3, 2, 1)));
    }

    [Theory]
    [InlineData(">i2", 2, VoxelType.Int16)]
    [InlineData(">f4", 4, VoxelType.Float32)]
    [InlineData("<f2", 2, VoxelType.Float32)]
    [InlineData(">f2", 2, VoxelType.Float32)]
    [InlineData("<i8", 8, VoxelType.Int32)]
    [InlineData(">f8", 8, VoxelType.Float32)]
    [InlineData("|b1", 1, VoxelType.UInt8)]
    [InlineData("<u4", 4, VoxelType.UInt32)]
    public async Task Numbers_of_other_widths_and_orders_of_bytes_keep_their_values(string type, int width, VoxelType expected)
    {
        var bytes = new byte[width];
        switch (type)
        {
            case ">i2": BinaryPrimitives.WriteInt16BigEndian(bytes, 1); break;
            case ">f4": BinaryPrimitives.WriteSingleBigEndian(bytes, 1); break;
            case "<f2": BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)1); break;
            case ">f2": BinaryPrimitives.WriteHalfBigEndian(bytes, (Half)1); break;
            case "<i8": BinaryPrimitives.WriteInt64LittleEndian(bytes, 1); break;
            case ">f8": BinaryPrimitives.WriteDoubleBigEndian(bytes, 1); break;
            default: bytes[0] = 1; break;
        }

        var array = await ReadAsync(Npy(1, type, "(1, 1, 1)", bytes));
        Assert.Equal(1, array.ToMask(new VoxelBox(default, new Ijk(1, 1, 1))).Count);
        var volume = array.ToVolume(new Spacing(1, 1, 1));
        Assert.Equal((expected, 1f), (volume.VoxelType, volume.ValueAt(default)));
    }

    [Fact]
    public async Task A_mask_is_where_numbers_are_not_zero_whatever_their_sign()
    {
        var values = (float[])[0, -0f, 1e-30f, -2, float.NaN, 0];
        var array = await ReadAsync(Npy(1, "<f4", "(1, 2, 3)", [.. values.SelectMany(BitConverter.GetBytes)]));
        var mask = array.ToMask(new VoxelBox(new Ijk(7, 8, 9), new Ijk(10, 10, 10)));
        Assert.Equal([new Ijk(9, 8, 9), new Ijk(7, 9, 9), new Ijk(8, 9, 9)], mask.Voxels);
        Assert.Throws<VolumeFormatException>(() => array.ToMask(new VoxelBox(default, new Ijk(2, 3, 1))));
    }

    [Theory]
    [InlineData("|O", "(1, 1, 1)", "type")]
    [InlineData("<c8", "(1, 1, 1)", "type")]
    [InlineData("|S4", "(1, 1, 1)", "type")]
    [InlineData("<i2", "(1, -1, 1)", "shape")]
    [InlineData("<i2", "(99999999999, 1, 1)", "shape")]
    [InlineData("<i2", "(3, 4, 5)", "cut off")]
    public async Task What_is_no_array_of_numbers_or_too_large_is_refused(string type, string shape, string reason)
    {
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() => ReadAsync(Npy(1, type, shape, new byte[8])));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_is_asked_for_before_it_is_taken()
    {
        var asked = 0L;
        await Assert.ThrowsAsync<InvalidOperationException>(() => NpyFile.ReadAsync(
            new MemoryStream(Npy(1, "<i2", "(100000, 100000, 100000)", [])),
            isGzip: false,
            bytes =>
            {
                asked = bytes;
                throw new InvalidOperationException();
            },
            CancellationToken.None));
        Assert.Equal(2_000_000_000_000_000, asked);
    }

    private static Task<NumpyArray> ReadAsync(byte[] file, bool isGzip = false)
    {
        if (isGzip)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(file);
            }

            file = packed.ToArray();
        }

        return NpyFile.ReadAsync(new MemoryStream(file), isGzip, bytes => Assert.InRange(bytes, 0, 1 << 20), CancellationToken.None);
    }

    private static byte[] Npy(byte version, string type, string shape, byte[] data, bool isFortran = false)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {(isFortran ? "True" : "False")}, 'shape': {shape}, }}\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. header, .. data];
    }
}
