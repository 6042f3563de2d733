using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Volumes;

public sealed class BrickGridTests
{
    [Fact]
    public void Bricks_cover_every_voxel_of_the_volume_once()
    {
        Seeded.ForAll(random =>
        {
            var grid = Grid(random);

            var boxes = grid.Covering(grid.Volume.Bounds).Select(grid.BoxOf).ToList();

            Assert.Equal(grid.Volume.VoxelCount, boxes.Sum(box => box.VoxelCount));
            Assert.All(boxes, box => Assert.True(!box.IsEmpty && grid.Volume.Bounds.Encloses(box)));
            Assert.Equal(grid.Counts.VoxelCount, boxes.Distinct().Count());
        });
    }

    [Fact]
    public void The_bricks_covering_a_box_are_those_that_share_a_voxel_with_it()
    {
        Seeded.ForAll(random =>
        {
            var grid = Grid(random);
            var box = Samples.Box(random, grid.Volume);

            var expected = grid.Covering(grid.Volume.Bounds).Where(index => !grid.BoxOf(index).Intersect(box).IsEmpty);

            Assert.Equal(expected, grid.Covering(box));
        });
    }

    [Fact]
    public void A_box_outside_the_volume_is_covered_by_no_brick()
    {
        var grid = new BrickGrid(new VolumeSize(10, 10, 10), new VolumeSize(4, 4, 4));

        Assert.Empty(grid.Covering(new VoxelBox(new Ijk(-5, 0, 0), new Ijk(0, 10, 10))));
        Assert.Empty(grid.Covering(VoxelBox.Empty));
    }

    [Fact]
    public void Bricks_travel_in_the_order_of_their_distance_in_millimetres()
    {
        // Slices ten times as far apart as pixels: the neighbour in the slice is nearer than the one above.
        var grid = new BrickGrid(new VolumeSize(12, 12, 12), new VolumeSize(4, 4, 4));
        var focus = new VoxelPoint(4, 5, 5);

        var order = grid.NearestFirst(grid.Covering(grid.Volume.Bounds), focus, new Spacing(1, 1, 10));

        Assert.Equal(new BrickIndex(1, 1, 1), order[0]);
        Assert.Equal(new BrickIndex(0, 1, 1), order[1]);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1], order.Take(9).Select(brick => brick.K));
        Assert.Equal(order, grid.NearestFirst(grid.Covering(grid.Volume.Bounds).Reverse(), focus, new Spacing(1, 1, 10)));
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(257, 4, 4)]
    [InlineData(256, 256, 256)]
    [InlineData(1, 1, 1)]
    public void Bricks_too_large_too_small_or_too_many_are_refused(int i, int j, int k) =>
        Assert.Throws<BrickException>(() => new BrickGrid(new VolumeSize(512, 512, 512), new VolumeSize(i, j, k)));

    private static BrickGrid Grid(Random random) => new(Samples.Size(random, 30), Samples.Size(random, 12));
}
