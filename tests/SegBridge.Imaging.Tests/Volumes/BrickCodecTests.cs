using System.IO.Compression;
using System.Text;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Volumes;

public sealed class BrickCodecTests
{
    private static readonly BrickEncoding[] Encodings = Enum.GetValues<BrickEncoding>();

    [Fact]
    public void Every_encoding_gives_back_the_voxels_of_every_type()
    {
        Seeded.ForAll(random =>
        {
            var brick = Samples.Size(random, 40);
            foreach (var type in Samples.VoxelTypes)
            {
                var voxels = random.Bytes((int)brick.VoxelCount * type.Bytes());
                var encoding = Samples.Of(random, Encodings);
                var back = new byte[voxels.Length];

                BrickCodec.Decode(BrickCodec.Encode(voxels, brick, type, encoding), encoding, type, brick, back);

                Assert.Equal(voxels, back);
            }
        });
    }

    [Fact]
    public void Delta_planes_are_the_differences_along_i_byte_by_byte()
    {
        // Rows (1, 2, 1) and (256, 255, 511): differences 1, 1, −1 and 256, −1, 256.
        var voxels = new ushort[] { 1, 2, 1, 256, 255, 511 }.SelectMany(BitConverter.GetBytes).ToArray();

        var packed = BrickCodec.Encode(voxels, new VolumeSize(3, 2, 1), VoxelType.UInt16, BrickEncoding.DeltaPlanesZlib);

        byte[] planes = [1, 1, 255, 0, 255, 0, 0, 0, 255, 1, 255, 1];
        Assert.Equal(planes, Inflate(packed));
    }

    [Fact]
    public void Images_with_the_noise_of_a_scanner_become_smaller_by_delta_planes()
    {
        var (brick, noise) = (new VolumeSize(64, 64, 16), new Random(5));
        var voxels = (from k in Enumerable.Range(0, 16) from j in Enumerable.Range(0, 64) from i in Enumerable.Range(0, 64)
                      select (short)((1000 * Math.Sin((i + (2 * j) + k) / 40.0)) + noise.Next(20))).SelectMany(BitConverter.GetBytes).ToArray();

        var plain = BrickCodec.Encode(voxels, brick, VoxelType.Int16, BrickEncoding.Zlib);
        var planes = BrickCodec.Encode(voxels, brick, VoxelType.Int16, BrickEncoding.DeltaPlanesZlib);

        Assert.True(planes.Length < plain.Length * 0.8, $"{planes.Length} bytes with planes, {plain.Length} without");
    }

    [Fact]
    public void Damaged_bricks_decode_or_are_refused_and_never_do_anything_else()
    {
        Seeded.ForAll(random =>
        {
            var brick = Samples.Size(random, 12);
            var type = Samples.Of(random, Samples.VoxelTypes);
            var encoding = Samples.Of(random, Encodings);
            var voxels = random.Bytes((int)brick.VoxelCount * type.Bytes());
            var damaged = Damage.Apply(random, BrickCodec.Encode(voxels, brick, type, encoding));

            try
            {
                BrickCodec.Decode(damaged, encoding, type, brick, new byte[voxels.Length]);
            }
            catch (BrickException refusal)
            {
                Assert.Contains(brick.ToString(), refusal.Message, StringComparison.Ordinal);
            }
        }, 3000);
    }

    [Fact]
    public void A_stream_that_inflates_without_end_is_left_at_the_length_of_the_brick()
    {
        var brick = new VolumeSize(8, 8, 8);
        var bomb = Deflate(new byte[64 << 20]);
        var voxels = new byte[512];
        BrickCodec.Decode(BrickCodec.Encode(voxels, brick, VoxelType.UInt8, BrickEncoding.Zlib), BrickEncoding.Zlib, VoxelType.UInt8, brick, voxels);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<BrickException>(() => BrickCodec.Decode(bomb, BrickEncoding.DeltaPlanesZlib, VoxelType.UInt8, brick, voxels));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("must hold 512 bytes, got more", refusal.Message, StringComparison.Ordinal);
        Assert.True(allocated < 1 << 20, $"{allocated} bytes allocated");
    }

    [Fact]
    public void A_stream_cut_short_is_refused()
    {
        var brick = new VolumeSize(8, 8, 8);
        var packed = BrickCodec.Encode(new Random(1).Bytes(512), brick, VoxelType.UInt8, BrickEncoding.Zlib);

        for (var length = 0; length < packed.Length; length++)
        {
            Assert.Throws<BrickException>(() => BrickCodec.Decode(packed.AsSpan(0, length), BrickEncoding.Zlib, VoxelType.UInt8, brick, new byte[512]));
        }
    }

    [Fact]
    public void An_unknown_encoding_type_or_size_is_refused()
    {
        var brick = new VolumeSize(2, 2, 2);

        Assert.Throws<BrickException>(() => BrickCodec.Encode(new byte[8], brick, VoxelType.UInt8, (BrickEncoding)9));
        Assert.Throws<BrickException>(() => BrickCodec.Decode(new byte[8], (BrickEncoding)9, VoxelType.UInt8, brick, new byte[8]));
        Assert.Throws<BrickException>(() => BrickCodec.Decode(new byte[8], BrickEncoding.Raw, (VoxelType)77, brick, new byte[8]));
        Assert.Throws<BrickException>(() => BrickCodec.Decode(new byte[8], BrickEncoding.Raw, VoxelType.UInt8, new VolumeSize(-2, -2, 2), new byte[8]));
        Assert.Throws<BrickException>(() => BrickCodec.Decode(new byte[7], BrickEncoding.Raw, VoxelType.UInt8, brick, new byte[8]));
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_the_one_everyone_calls_CRC_32(string text, uint checksum) =>
        Assert.Equal(checksum, BrickCodec.Crc32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_checksum_is_the_bitwise_one_for_every_length()
    {
        Seeded.ForAll(random =>
        {
            var data = random.Bytes(random.Next(200));
            var expected = ~data.Aggregate(~0u, (crc, one) =>
                Enumerable.Range(0, 8).Aggregate(crc ^ one, (c, _) => (c >> 1) ^ ((c & 1) * 0xEDB88320)));

            Assert.Equal(expected, BrickCodec.Crc32(data));
        });
    }

    private static byte[] Inflate(byte[] packed)
    {
        using var plain = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        zlib.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Deflate(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            zlib.Write(plain);
        }

        return packed.ToArray();
    }
}
