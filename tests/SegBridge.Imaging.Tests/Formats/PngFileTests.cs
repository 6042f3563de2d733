using System.Buffers.Binary;
using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

public sealed class PngFileTests
{
    [Fact]
    public void Any_grey_or_colour_picture_survives_a_round_trip() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (width, height, channels) = (random.Next(1, 20), random.Next(1, 20), random.Next(2) == 0 ? 1 : 3);
            var pixels = new byte[width * height * channels];
            random.NextBytes(pixels);
            using var file = new MemoryStream();
            PngFile.Write(file, width, height, pixels);
            file.Position = 0;
            var read = PngFile.Read(file);
            Assert.Equal((width, height, channels, 8), (read.Width, read.Height, read.Channels, read.BitsPerSample));
            Assert.Equal(pixels, read.Samples.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Grey_of_sixteen_bits_survives_a_round_trip()
    {
        var random = new Random(3);
        var pixels = Enumerable.Range(0, 13 * 7).Select(_ => (ushort)random.Next(1 << 16)).ToArray();
        using var file = new MemoryStream();
        PngFile.WriteGrey16(file, 13, 7, pixels);
        file.Position = 0;
        var read = PngFile.Read(file);
        Assert.Equal((13, 7, 1, 16), (read.Width, read.Height, read.Channels, read.BitsPerSample));
        Assert.Equal(pixels, read.Samples.ToArray().Chunk(2).Select(pair => BinaryPrimitives.ReadUInt16LittleEndian(pair)));
        Assert.Throws<ArgumentException>(() => PngFile.WriteGrey16(file, 13, 8, pixels));
    }

    [Fact]
    public void All_five_filters_are_undone()
    {
        // Each row is filtered by hand: none, left, above, mean, Paeth.
        byte[] rows = [0, 10, 20, 30, 1, 10, 10, 10, 2, 1, 1, 1, 3, 5, 5, 5, 4, 1, 1, 1];
        var read = PngFile.Read(Picture(3, 5, 8, 0, rows));
        byte[] expected = [10, 20, 30, 10, 20, 30, 11, 21, 31, 10, 20, 30, 11, 21, 31];
        Assert.Equal(expected, read.Samples.ToArray());
    }

    [Fact]
    public void Sixteen_bits_become_little_endian_and_palettes_become_colours()
    {
        var deep = PngFile.Read(Picture(2, 1, 16, 0, [0, 0x12, 0x34, 0xAB, 0xCD]));
        Assert.Equal((1, 16), (deep.Channels, deep.BitsPerSample));
        Assert.Equal(new byte[] { 0x34, 0x12, 0xCD, 0xAB }, deep.Samples.ToArray());

        var colours = PngFile.Read(Picture(3, 1, 2, 3, [0, 0b00_01_10_00], palette: [1, 2, 3, 4, 5, 6, 7, 8, 9]));
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, colours.Samples.ToArray());

        var bits = PngFile.Read(Picture(9, 1, 1, 0, [0, 0b1010_0000, 0b1000_0000]));
        Assert.Equal(new byte[] { 255, 0, 255, 0, 0, 0, 0, 0, 255 }, bits.Samples.ToArray());
    }

    [Fact]
    public void A_grey_picture_reads_as_a_volume_of_one_slice()
    {
        var volume = VolumeFile.Read(Picture(2, 1, 16, 0, [0, 0x12, 0x34, 0xAB, 0xCD]), "slice.png");
        Assert.Equal(VoxelType.UInt16, volume.VoxelType);
        Assert.Equal(0xABCD, volume.ValueAt(new(1, 0, 0)));
    }

    [Fact]
    public void Each_fault_has_a_message_of_its_own()
    {
        Refused("colour 2", Picture(1, 1, 8, 3, [0, 2], palette: [1, 2, 3]));
        Refused("alpha", Picture(1, 1, 8, 6, [0, 1, 2, 3, 4]));
        Refused("interlac", Picture(1, 1, 8, 0, [0, 0], interlaced: true));
        Refused("filter of 0 to 4", Picture(1, 1, 8, 0, [5, 0]));
        Refused("cut off", Picture(3, 3, 8, 0, [0, 0]));
        Refused("got 0×1", Picture(0, 1, 8, 0, [0]));
        Refused("are allowed here", Picture(1 << 20, 1 << 20, 8, 0, [0]));
        Refused("not a PNG", new MemoryStream([1, 2, 3]));
        var corrupt = Picture(1, 1, 8, 0, [0, 0]).ToArray();
        corrupt[^14] ^= 1;
        Refused("checksum", new MemoryStream(corrupt));
    }

    [Fact]
    public void A_wrong_number_of_pixels_is_refused() =>
        Assert.Throws<ArgumentException>(() => PngFile.Write(Stream.Null, 2, 2, new byte[5]));

    internal static MemoryStream Picture(
        int width, int height, byte depth, byte colour, byte[] rows, byte[]? palette = null, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colour, interlaced ? (byte)1 : (byte)0);
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        PngChunks.Write(file, "IHDR"u8, header);
        PngChunks.Write(file, "tEXt"u8, "to pass over"u8);
        if (palette is not null)
        {
            PngChunks.Write(file, "PLTE"u8, palette);
        }

        var half = (int)compressed.Length / 2;
        PngChunks.Write(file, "IDAT"u8, compressed.ToArray().AsSpan(0, half));
        PngChunks.Write(file, "IDAT"u8, compressed.ToArray().AsSpan(half));
        PngChunks.Write(file, "IEND"u8, []);
        file.Position = 0;
        return file;
    }

    private static void Refused(string expected, Stream file)
    {
        var message = Assert.Throws<VolumeFormatException>(() => PngFile.Read(file)).Message;
        Assert.True(message.Contains(expected, StringComparison.Ordinal), message);
    }
}
