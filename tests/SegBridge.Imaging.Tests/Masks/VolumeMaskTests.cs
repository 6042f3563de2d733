using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Tests.Masks;

public sealed class VolumeMaskTests
{
    [Fact]
    public void A_run_of_edits_leaves_the_voxels_that_a_set_of_voxels_would_have()
    {
        Seeded.ForAll(random =>
        {
            var size = new VolumeSize(random.Next(1, 150), random.Next(1, 9), random.Next(1, 7));
            var mask = new VolumeMask(size);
            var model = new HashSet<Ijk>();
            for (var edit = 0; edit < 8; edit++)
            {
                var box = Samples.Box(random, size);
                var set = MaskSamples.Voxels(random, box);
                var before = model.ToHashSet();
                model.RemoveWhere(box.Contains);
                model.UnionWith(set);

                var change = mask.Replace(MaskSamples.Block(box, set));

                before.SymmetricExceptWith(model);
                Assert.Equal(before.Count, change.ChangedVoxels);
                Assert.Equal(BoxOf(before), change.Box);
                Assert.Equal(model.Count, mask.Count);
                Assert.Equal(BoxOf(model), mask.BoundingBox);
                Assert.Equal(MaskSamples.Block(size.Bounds, model).Bits.ToArray(), mask.Read(size.Bounds).Bits.ToArray());
            }
        });
    }

    [Fact]
    public void Changes_undo_and_redo_in_any_form()
    {
        Seeded.ForAll(random =>
        {
            var size = Samples.Size(random, 20);
            var mask = new VolumeMask(size);
            var states = new List<byte[]> { mask.Read(size.Bounds).Bits.ToArray() };
            var history = new List<MaskChange>();
            for (var edit = 0; edit < 5; edit++)
            {
                var box = Samples.Box(random, size);
                var change = mask.Replace(MaskSamples.Block(box, MaskSamples.Voxels(random, box)));
                history.Add(random.Next(2) == 0 ? change : change.Compact());
                states.Add(mask.Read(size.Bounds).Bits.ToArray());
            }

            for (var edit = 4; edit >= 0; edit--)
            {
                mask.Apply(history[edit].Inverse());
                Assert.Equal(states[edit], mask.Read(size.Bounds).Bits.ToArray());
            }

            Assert.Equal((0, 0), (mask.Count, mask.BytesHeld));
            for (var edit = 0; edit < 5; edit++)
            {
                mask.Apply(history[edit]);
                Assert.Equal(states[edit + 1], mask.Read(size.Bounds).Bits.ToArray());
            }
        });
    }

    [Fact]
    public void An_edit_that_changes_nothing_is_an_empty_change()
    {
        var mask = new VolumeMask(new VolumeSize(9, 9, 9));
        mask[new Ijk(4, 4, 4)] = true;

        var change = mask.Replace(mask.Read(mask.Size.Bounds));

        Assert.True(change.IsEmpty);
        Assert.Equal(0, change.ChangedVoxels);
        Assert.True(mask.Replace(new BitBlock(VoxelBox.Empty)).IsEmpty);
        mask.Apply(change.Inverse());
        Assert.Equal(1, mask.Count);
    }

    [Fact]
    public void Only_slices_that_hold_something_take_memory()
    {
        var mask = new VolumeMask(new VolumeSize(512, 512, 300));

        mask[new Ijk(511, 511, 7)] = true;
        mask[new Ijk(0, 0, 299)] = true;
        var held = mask.BytesHeld;
        mask[new Ijk(0, 0, 299)] = false;

        Assert.Equal(2 * 512 * 512 / 8, held);
        Assert.Equal(512 * 512 / 8, mask.BytesHeld);
        Assert.Equal(VoxelBox.Of(new Ijk(511, 511, 7)), mask.BoundingBox);
        Assert.True(mask[new Ijk(511, 511, 7)]);
        Assert.False(mask[new Ijk(510, 511, 7)]);
    }

    [Fact]
    public void A_compact_change_of_a_liver_takes_a_small_part_of_its_bits()
    {
        var change = new VolumeMask(new VolumeSize(512, 512, 512)).Replace(MaskSamples.Liver());

        Assert.True(change.Compact().BytesHeld * 10 < change.BytesHeld);
        Assert.Equal(change.ChangedVoxels, change.Compact().Inverse().ChangedVoxels);
    }

    [Fact]
    public void What_lies_outside_the_volume_is_refused()
    {
        var mask = new VolumeMask(new VolumeSize(9, 9, 9));
        var outside = VoxelBox.At(new Ijk(5, 5, 5), new VolumeSize(5, 1, 1));

        Assert.Throws<MaskBoxException>(() => mask.Read(outside));
        Assert.Throws<MaskBoxException>(() => mask.Replace(new BitBlock(outside)));
        Assert.Throws<MaskBoxException>(() => mask[new Ijk(0, 9, 0)]);
        Assert.Throws<MaskBoxException>(() => mask[new Ijk(int.MaxValue, 0, 0)]);
        Assert.Throws<MaskBoxException>(() => new VolumeMask(new VolumeSize(9, 0, 9)));
        Assert.Throws<MaskBoxException>(() => new MaskChange(new BitBlock(outside), new BitBlock(mask.Size.Bounds)));
    }

    private static VoxelBox BoxOf(IEnumerable<Ijk> voxels) =>
        voxels.Aggregate(VoxelBox.Empty, (all, voxel) => all.Union(VoxelBox.Of(voxel)));
}
