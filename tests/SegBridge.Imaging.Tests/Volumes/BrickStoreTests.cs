using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Volumes;

public sealed class BrickStoreTests
{
    [Fact]
    public void A_full_store_reads_as_the_dense_volume_does()
    {
        Seeded.ForAll(random =>
        {
            var (volume, store) = Sample(random);
            PutAll(volume, store);
            var box = Samples.Box(random, volume.Geometry.Size);

            var (expected, got) = (new float[box.VoxelCount], new float[box.VoxelCount]);
            volume.ReadBox(box, expected);
            store.ReadBox(box, got);

            Assert.Equal(expected, got);
            Assert.Equal(volume.ValueAt(box.Lower), got[0]);
            Assert.Equal(volume.Data.Length, store.BytesHeld);
        });
    }

    [Fact]
    public void A_slice_reads_in_its_layout_along_every_axis()
    {
        Seeded.ForAll(random =>
        {
            var (volume, store) = Sample(random);
            PutAll(volume, store);
            var axis = Samples.Of(random, Enum.GetValues<Axis>());
            var plane = new SlicePlane(axis, random.Next(volume.Geometry.Size[axis]));
            var (rows, columns) = plane.ShapeIn(volume.Geometry.Size);
            var slice = new float[rows * columns];

            store.ReadSlice(plane, slice);

            for (var pixel = 0; pixel < slice.Length; pixel++)
            {
                Assert.Equal(volume.ValueAt(plane.VoxelAt(pixel / columns, pixel % columns)), slice[pixel]);
            }
        });
    }

    [Fact]
    public void Reading_before_the_bricks_are_there_names_exactly_the_missing_ones()
    {
        Seeded.ForAll(random =>
        {
            var (volume, store) = Sample(random);
            var box = Samples.Box(random, volume.Geometry.Size);
            var needed = store.Grid.Covering(box).ToList();
            var held = needed.Where(_ => random.Next(2) == 0).ToList();
            held.ForEach(index => Put(volume, store, index));
            var missing = needed.Except(held).ToList();

            Assert.Equal(missing, store.Missing(box));
            if (missing.Count > 0)
            {
                var refusal = Assert.Throws<MissingBricksException>(() => store.ReadBox(box, new float[box.VoxelCount]));
                Assert.Equal(missing, refusal.Missing);
            }
            else
            {
                store.ReadBox(box, new float[box.VoxelCount]);
            }
        });
    }

    [Fact]
    public void A_brick_put_again_replaces_the_first()
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(4, 4, 4), new Spacing(1, 1, 1));
        var store = new BrickStore(geometry, VoxelType.UInt8, Rescale.Identity, new BrickGrid(geometry.Size, new VolumeSize(4, 4, 4)));
        var values = new float[64];

        Assert.True(store.Put(default, new byte[64]));
        Assert.False(store.Put(default, Enumerable.Repeat((byte)9, 64).ToArray()));
        store.ReadBox(geometry.Bounds, values);

        Assert.All(values, value => Assert.Equal(9, value));
        Assert.Equal(64, store.BytesHeld);
        Assert.True(store.Contains(default));
        Assert.False(store.Contains(new BrickIndex(1, 0, 0)));
    }

    [Fact]
    public void A_brick_outside_the_grid_or_of_another_length_is_refused_and_quoted()
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(5, 4, 4), new Spacing(1, 1, 1));
        var store = new BrickStore(geometry, VoxelType.Int16, Rescale.Identity, new BrickGrid(geometry.Size, new VolumeSize(4, 4, 4)));

        Assert.Throws<BrickException>(() => store.Put(new BrickIndex(2, 0, 0), new byte[128]));
        Assert.Throws<BrickException>(() => store.Put(new BrickIndex(0, -1, 0), new byte[128]));
        var refusal = Assert.Throws<BrickException>(() => store.Put(new BrickIndex(1, 0, 0), new byte[128]));
        Assert.Contains("must have 32 bytes, got 128", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.BytesHeld);
    }

    [Fact]
    public async Task Readers_beside_writers_see_whole_bricks()
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(32, 32, 32), new Spacing(1, 1, 1));
        var store = new BrickStore(geometry, VoxelType.UInt8, Rescale.Identity, new BrickGrid(geometry.Size, new VolumeSize(16, 16, 16)));
        var bricks = store.Grid.Covering(geometry.Bounds).ToList();
        bricks.ForEach(index => store.Put(index, new byte[4096]));

        var writer = Task.Run(() =>
        {
            for (var round = 1; round <= 50; round++)
            {
                bricks.ForEach(index => store.Put(index, Enumerable.Repeat((byte)round, 4096).ToArray()));
            }
        });
        var torn = 0;
        var values = new float[4096];
        while (!writer.IsCompleted)
        {
            store.ReadBox(store.Grid.BoxOf(bricks[3]), values);
            torn += values.Distinct().Count() - 1;
        }

        await writer;
        Assert.Equal(0, torn);
        Assert.Equal(32768, store.BytesHeld);
    }

    [Fact]
    public void A_dense_volume_of_the_wrong_length_or_a_rescale_of_nothing_is_refused()
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(5, 4, 4), new Spacing(1, 1, 1));

        Assert.Throws<VolumeException>(() => new Volume(geometry, VoxelType.Int16, Rescale.Identity, new byte[80]));
        Assert.Throws<VolumeException>(() => new Volume(geometry, VoxelType.UInt8, new Rescale(0, 1), new byte[80]));
        Assert.Throws<VolumeException>(() => new Volume(geometry, VoxelType.UInt8, Rescale.Identity, new byte[80]).ValueAt(new Ijk(5, 0, 0)));
    }

    [Theory]
    [InlineData(VoxelType.UInt8, "FF", 255)]
    [InlineData(VoxelType.Int8, "FF", -1)]
    [InlineData(VoxelType.UInt16, "FEFF", 65534)]
    [InlineData(VoxelType.Int16, "0080", -32768)]
    [InlineData(VoxelType.UInt32, "FFFFFFFF", 4294967295)]
    [InlineData(VoxelType.Int32, "01000001", 16777217)]
    [InlineData(VoxelType.Float32, "0000C03F", 1.5)]
    public void Every_type_is_read_exactly_before_the_rescale_rounds_once(VoxelType type, string stored, double value)
    {
        // 2²⁴ + 1 and 2³² − 1 do not fit a float: only an exact reading leaves the small remainder.
        var rescale = new Rescale(1, 0.25 - value);
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(1, 1, 1), new Spacing(1, 1, 1));
        var volume = new Volume(geometry, type, rescale, Convert.FromHexString(stored));
        var box = new float[1];

        volume.ReadBox(geometry.Bounds, box);

        Assert.Equal(0.25f, box[0]);
        Assert.Equal(0.25f, volume.ValueAt(default));
    }

    [Fact]
    public void The_stored_bytes_of_a_box_are_copied_as_they_are()
    {
        Seeded.ForAll(random =>
        {
            var volume = Samples.Volume(random, Samples.Size(random, 9));
            var box = Samples.Box(random, volume.Geometry.Size);
            var copy = new byte[box.VoxelCount * volume.VoxelType.Bytes()];

            volume.CopyBox(box, copy);

            var (values, direct) = (new float[box.VoxelCount], new float[box.VoxelCount]);
            volume.ReadBox(box, values);
            new Volume(volume.Geometry.Crop(box), volume.VoxelType, volume.Rescale, copy).ReadBox(box.Size.Bounds, direct);
            Assert.Equal(values, direct);
        });
    }

    private static (Volume Volume, BrickStore Store) Sample(Random random)
    {
        var volume = Samples.Volume(random, Samples.Size(random, 40));
        var grid = new BrickGrid(volume.Geometry.Size, Samples.Size(random, 16));
        return (volume, new BrickStore(volume.Geometry, volume.VoxelType, volume.Rescale, grid));
    }

    private static void PutAll(Volume volume, BrickStore store)
    {
        foreach (var index in store.Grid.Covering(volume.Geometry.Bounds))
        {
            Put(volume, store, index);
        }
    }

    private static void Put(Volume volume, BrickStore store, BrickIndex index)
    {
        var box = store.Grid.BoxOf(index);
        var bytes = new byte[box.VoxelCount * volume.VoxelType.Bytes()];
        volume.CopyBox(box, bytes);
        store.Put(index, bytes);
    }
}
