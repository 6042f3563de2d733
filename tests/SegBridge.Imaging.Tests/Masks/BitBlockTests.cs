using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Tests.Masks;

public sealed class BitBlockTests
{
    [Fact]
    public void Bits_lie_least_significant_first_in_rows_of_whole_bytes()
    {
        var block = new BitBlock(VoxelBox.At(new Ijk(10, 20, 30), new VolumeSize(11, 2, 2)));

        block[new Ijk(10, 20, 30)] = true;
        block[new Ijk(19, 20, 30)] = true;
        block[new Ijk(20, 21, 31)] = true;

        Assert.Equal([0x01, 0x02, 0, 0, 0, 0, 0, 0x04], block.Bits.ToArray());
        Assert.Equal(3, block.Count);
        Assert.Equal(new VoxelBox(new Ijk(10, 20, 30), new Ijk(21, 22, 32)), block.BoundingBox);
    }

    [Fact]
    public void Count_bounds_and_crop_agree_with_the_voxels_one_by_one()
    {
        Seeded.ForAll(random =>
        {
            var size = new VolumeSize(random.Next(1, 150), random.Next(1, 8), random.Next(1, 6));
            var box = VoxelBox.At(new Ijk(random.Next(9), random.Next(9), random.Next(9)), size);
            var set = MaskSamples.Voxels(random, box);
            var block = MaskSamples.Block(box, set);
            var part = VoxelBox.At(new Ijk(random.Next(80), random.Next(12), random.Next(12)), Samples.Size(random, 90));

            var crop = block.Crop(part);

            Assert.Equal(set.Count, block.Count);
            Assert.Equal(set.Aggregate(VoxelBox.Empty, (all, voxel) => all.Union(VoxelBox.Of(voxel))), block.BoundingBox);
            Assert.Equal(set.Count(part.Contains), crop.Count);
            Assert.All(set.Where(part.Contains), voxel => Assert.True(crop[voxel]));
            Assert.Equal(crop.Bits.ToArray(), BitBlock.FromPacked(part, crop.Bits).Bits.ToArray());
        });
    }

    [Fact]
    public void A_threshold_sets_the_voxels_above_it_and_unpacking_lists_them()
    {
        Seeded.ForAll(random =>
        {
            var box = VoxelBox.At(default, new VolumeSize(random.Next(1, 150), 3, 2));
            float[] choices = [-1, 0, 0.5f, float.NaN, 2, float.PositiveInfinity, float.NegativeInfinity];
            var values = Enumerable.Range(0, (int)box.VoxelCount).Select(_ => Samples.Of(random, choices)).ToArray();
            var unpacked = new byte[values.Length];

            var block = BitBlock.Above(box, values, 0.5f);
            block.Unpack(unpacked);
            Assert.Equal(block.Bits.ToArray(), BitBlock.FromVoxels(box, unpacked).Bits.ToArray());

            Assert.Equal(values.Select(value => value > 0.5f ? (byte)1 : (byte)0), unpacked);
            var row = new byte[random.Next(1, box.Size.I + 1)];
            block.UnpackRow(new Ijk(box.Size.I - row.Length, 2, 1), row);
            Assert.Equal(unpacked[^row.Length..], row);
        });
    }

    [Fact]
    public void Values_made_slab_by_slab_give_the_same_block()
    {
        Seeded.ForAll(random =>
        {
            // Slices so large that a slab holds few of them.
            var box = VoxelBox.At(new Ijk(3, 4, 5), new VolumeSize(random.Next(200, 700), random.Next(100, 300), random.Next(1, 9)));
            var values = Enumerable.Range(0, (int)box.VoxelCount).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var slice = box.Size.I * box.Size.J;
            var slabs = 0;

            var block = BitBlock.Above(box, 0.1f, (slab, made) =>
            {
                slabs++;
                values.AsSpan((slab.Lower.K - box.Lower.K) * slice, slab.Size.K * slice).CopyTo(made);
            });

            Assert.Equal(BitBlock.Above(box, values, 0.1f).Bits.ToArray(), block.Bits.ToArray());
            Assert.InRange(slabs, (box.VoxelCount + (1 << 18) - 1) >> 18, box.Size.K);
        }, 10);
    }

    [Fact]
    public void Bits_of_another_length_or_beyond_a_row_are_refused()
    {
        var box = VoxelBox.At(default, new VolumeSize(5, 1, 2));

        Assert.Throws<MaskFormatException>(() => BitBlock.FromPacked(box, new byte[3]));
        var refusal = Assert.Throws<MaskFormatException>(() => BitBlock.FromPacked(box, [0x1F, 0x20]));
        Assert.Contains("0x20 in row 1", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<MaskBoxException>(() => new BitBlock(box)[new Ijk(5, 0, 0)]);
    }

    [Fact]
    public void A_block_of_more_bits_than_memory_should_hold_is_refused_before_it_is_made() =>
        Assert.Throws<MaskFormatException>(() => new BitBlock(new VolumeSize(int.MaxValue, int.MaxValue, int.MaxValue).Bounds));

    [Fact]
    public void Voxels_are_the_set_ones_in_order()
    {
        var random = new Random(5);
        for (var n = 0; n < 50; n++)
        {
            var box = VoxelBox.At(new Ijk(random.Next(9), random.Next(9), random.Next(9)), new VolumeSize(random.Next(1, 20), random.Next(1, 5), random.Next(1, 5)));
            var voxels = new byte[box.VoxelCount];
            random.NextBytes(voxels);
            var block = BitBlock.FromVoxels(box, [.. voxels.Select(value => (byte)(value & 1))]);

            var all = from k in Enumerable.Range(box.Lower.K, box.Size.K)
                      from j in Enumerable.Range(box.Lower.J, box.Size.J)
                      from i in Enumerable.Range(box.Lower.I, box.Size.I)
                      select new Ijk(i, j, k);
            Assert.Equal(all.Where(voxel => block[voxel]), block.Voxels);
        }
    }
}
