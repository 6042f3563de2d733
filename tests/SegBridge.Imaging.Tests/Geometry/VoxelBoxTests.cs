using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Tests.Geometry;

public sealed class VoxelBoxTests
{
    private static readonly VolumeSize Size = new(7, 6, 5);

    [Fact]
    public void Intersection_and_union_agree_with_the_voxels_they_are_made_of()
    {
        Seeded.ForAll(random =>
        {
            var (a, b) = (Samples.Box(random, Size), Samples.Box(random, Size));
            var (common, both) = (a.Intersect(b), a.Union(b));

            foreach (var voxel in Voxels())
            {
                Assert.Equal(a.Contains(voxel) && b.Contains(voxel), common.Contains(voxel));
                Assert.True(both.Contains(voxel) || !(a.Contains(voxel) || b.Contains(voxel)));
            }

            Assert.Equal(Voxels().Count(common.Contains), common.VoxelCount);
            Assert.True(both.Encloses(a) && both.Encloses(b));
            Assert.Equal(a.Intersect(b) == a, b.Encloses(a));
        });
    }

    [Fact]
    public void A_box_without_voxels_is_empty_has_no_size_and_is_in_every_box()
    {
        var inverted = new VoxelBox(new Ijk(5, 0, 0), new Ijk(2, 9, 9));

        Assert.True(inverted.IsEmpty);
        Assert.Equal(default, inverted.Size);
        Assert.Equal(0, inverted.VoxelCount);
        Assert.True(VoxelBox.Of(new Ijk(3, 3, 3)).Encloses(inverted));
        Assert.Equal(VoxelBox.Of(new Ijk(3, 3, 3)), inverted.Union(VoxelBox.Of(new Ijk(3, 3, 3))));
        Assert.Equal(VoxelBox.Empty, inverted.Union(inverted));
    }

    [Fact]
    public void Boxes_at_the_end_of_the_number_range_do_not_wrap_around()
    {
        var all = new VoxelBox(new Ijk(int.MinValue, 0, 0), new Ijk(int.MaxValue, 1, 1));

        Assert.Equal(int.MaxValue, all.Size.I);
        Assert.Equal(int.MaxValue, VoxelBox.At(new Ijk(int.MaxValue - 1, 0, 0), new VolumeSize(9, 1, 1)).Upper.I);
    }

    private static IEnumerable<Ijk> Voxels() =>
        from k in Enumerable.Range(0, Size.K)
        from j in Enumerable.Range(0, Size.J)
        from i in Enumerable.Range(0, Size.I)
        select new Ijk(i, j, k);
}
