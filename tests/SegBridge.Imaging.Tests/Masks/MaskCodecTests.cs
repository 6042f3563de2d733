using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Tests.Masks;

public sealed class MaskCodecTests
{
    private static readonly MaskEncoding[] Encodings = Enum.GetValues<MaskEncoding>();

    [Fact]
    public void Every_encoding_gives_back_the_bits()
    {
        Seeded.ForAll(random =>
        {
            var box = VoxelBox.At(new Ijk(3, 4, 5), new VolumeSize(random.Next(1, 600), random.Next(1, 8), random.Next(1, 5)));
            var block = MaskSamples.Block(box, MaskSamples.Voxels(random, box));
            foreach (var encoding in Encodings)
            {
                var back = MaskCodec.Decode(MaskCodec.Encode(block, encoding), encoding, box);

                Assert.Equal(box, back.Box);
                Assert.Equal(block.Bits.ToArray(), back.Bits.ToArray());
            }
        });
    }

    [Fact]
    public void An_empty_box_travels_too()
    {
        foreach (var encoding in Encodings)
        {
            Assert.True(MaskCodec.Decode(MaskCodec.Encode(new BitBlock(VoxelBox.Empty), encoding), encoding, VoxelBox.Empty).Box.IsEmpty);
        }
    }

    [Fact]
    public void Damaged_masks_decode_to_proper_blocks_or_are_refused()
    {
        Seeded.ForAll(random =>
        {
            var box = VoxelBox.At(default, new VolumeSize(random.Next(1, 70), random.Next(1, 8), random.Next(1, 5)));
            var encoding = Samples.Of(random, Encodings);
            var damaged = Damage.Apply(random, MaskCodec.Encode(MaskSamples.Block(box, MaskSamples.Voxels(random, box)), encoding));

            try
            {
                var block = MaskCodec.Decode(damaged, encoding, box);
                Assert.Equal(block.Count, BitBlock.FromPacked(box, block.Bits).Count);
            }
            catch (MaskFormatException refusal)
            {
                Assert.Contains(box.ToString(), refusal.Message, StringComparison.Ordinal);
            }
        }, 3000);
    }

    [Fact]
    public void A_box_too_large_for_its_data_or_for_the_limit_is_refused_before_anything_is_allocated()
    {
        var block = new BitBlock(VoxelBox.At(default, new VolumeSize(8, 8, 8)));
        VoxelBox[] boxes =
        [
            new VolumeSize(1000, 1000, 1000).Bounds,
            new VolumeSize(2000, 2000, 2000).Bounds,
            new VolumeSize(int.MaxValue, int.MaxValue, int.MaxValue).Bounds,
        ];

        foreach (var (box, encoding) in from box in boxes from encoding in Encodings select (box, encoding))
        {
            var data = MaskCodec.Encode(block, encoding);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<MaskFormatException>(() => MaskCodec.Decode(data, encoding, box));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }

        Assert.Throws<MaskFormatException>(() => MaskCodec.Decode(block.Bits, MaskEncoding.Packed, block.Box, maxVoxels: 511));
        Assert.Throws<MaskFormatException>(() => MaskCodec.Decode(block.Bits, (MaskEncoding)5, block.Box));
    }

    [Fact]
    public void A_change_the_size_of_a_liver_takes_at_most_50_KB()
    {
        Assert.InRange(MaskCodec.Encode(MaskSamples.Liver(), MaskEncoding.XorSparseZlib).Length, 1, 50 * 1024);
    }
}
