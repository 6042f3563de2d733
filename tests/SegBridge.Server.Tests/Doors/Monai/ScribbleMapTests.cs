using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Doors.Monai;

namespace SegBridge.Server.Tests.Doors.Monai;

public sealed class ScribbleMapTests
{
    private static readonly VolumeGeometry Grid = VolumeGeometry.AxisAligned(new VolumeSize(9, 7, 5), new Spacing(1, 1, 2));
    private static readonly Dictionary<string, int> Names = new() { ["liver"] = 1, ["spleen"] = 4, ["foreground_scribbles"] = 6, ["background_scribbles"] = 5 };

    [Fact]
    public void Without_names_two_is_beside_the_object_and_three_on_it()
    {
        var map = ScribbleMap.Of(Labels((new Ijk(1, 2, 3), 2), (new Ijk(4, 5, 1), 3), (new Ijk(0, 0, 0), 1)), Grid, null, "liver");
        Assert.Equal([new Ijk(4, 5, 1)], map.Inside.Voxels);
        Assert.Equal([new Ijk(1, 2, 3)], map.Outside.Voxels);
        Assert.Null(map.EditOf(new BitBlock(Grid.Bounds)));
    }

    [Fact]
    public void What_lies_under_scribbles_and_other_segments_is_no_edit()
    {
        var sent = Block(new Ijk(2, 2, 2), new Ijk(3, 2, 2), new Ijk(4, 2, 2), new Ijk(5, 2, 2));
        var map = ScribbleMap.Of(
            Labels((new Ijk(2, 2, 2), 1), (new Ijk(3, 2, 2), 6), (new Ijk(4, 2, 2), 5), (new Ijk(5, 2, 2), 4)), Grid, Names, "liver");
        Assert.Null(map.EditOf(sent));
    }

    [Fact]
    public void What_was_added_and_what_was_erased_is_an_edit()
    {
        var sent = Block(new Ijk(2, 2, 2), new Ijk(3, 2, 2), new Ijk(4, 2, 2));
        var map = ScribbleMap.Of(Labels((new Ijk(3, 2, 2), 6), (new Ijk(4, 2, 2), 1), (new Ijk(7, 6, 4), 1)), Grid, Names, "liver");
        Assert.Equal([new Ijk(3, 2, 2), new Ijk(4, 2, 2), new Ijk(7, 6, 4)], map.EditOf(sent)!.Mask.Voxels);
        Assert.True(map.EditOf(sent)!.Mask.Box.Contains(new Ijk(2, 2, 2)));
        Assert.Equal(0, map.EditOf(Block(new Ijk(1, 1, 1)))!.Mask.Crop(VoxelBox.Of(new Ijk(1, 1, 1))).Count);
    }

    [Fact]
    public void A_segment_that_the_client_does_not_have_yet_is_empty_there()
    {
        var map = ScribbleMap.Of(Labels((new Ijk(3, 2, 2), 6)), Grid, Names, "new");
        Assert.Null(map.EditOf(new BitBlock(Grid.Bounds)));
        Assert.Equal(0, map.EditOf(Block(new Ijk(1, 1, 1)))!.Mask.Count);
    }

    private static BitBlock Block(params Ijk[] voxels)
    {
        var block = new BitBlock(Grid.Bounds);
        foreach (var voxel in voxels)
        {
            block[voxel] = true;
        }

        return block;
    }

    private static Volume Labels(params (Ijk Voxel, byte Label)[] labels)
    {
        var voxels = new byte[Grid.Size.VoxelCount];
        foreach (var (voxel, label) in labels)
        {
            voxels[(((voxel.K * Grid.Size.J) + voxel.J) * Grid.Size.I) + voxel.I] = label;
        }

        return new Volume(Grid, VoxelType.UInt8, Rescale.Identity, voxels);
    }
}
