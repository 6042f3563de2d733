using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Patches;

namespace SegBridge.Sessions.Tests.Patches;

public class PatchPlacementTests
{
    private static readonly VolumeGeometry Volume = VolumeGeometry.AxisAligned(new VolumeSize(200, 200, 80), new Spacing(1, 1, 3));

    private static readonly InputGrid Fitted = new([64, 64, 64], null, 1) { Fitted = new FittedSpacing(0.75, 6, 3, 1.3) };

    private static readonly InputGrid Fixed = new([64, 64, 64], [1, 1, 1], 1);

    [Fact]
    public void A_box_is_in_the_middle_and_fills_the_patch_but_for_the_margin()
    {
        var box = Box(50, 60, 20, 110, 100, 40);

        var patch = Place(null, Fitted, box, default, default);

        Assert.Equal(1.3 * 60 / 64, patch.Spacing.I, 9);
        Assert.True(patch.ToLps(new VoxelPoint(31.5, 31.5, 31.5)).DistanceTo(Volume.ToLps(new VoxelPoint(79.5, 79.5, 29.5))) < 1e-9);
    }

    [Fact]
    public void A_lone_point_gets_the_default_spacing_around_it()
    {
        var patch = Place(null, Fitted, default, default, VoxelBox.Of(new Ijk(10, 20, 30)));

        Assert.Equal(new Spacing(3, 3, 3), patch.Spacing);
        Assert.True(patch.ToLps(new VoxelPoint(31.5, 31.5, 31.5)).DistanceTo(Volume.ToLps(new Ijk(10, 20, 30))) < 1e-9);
    }

    [Fact]
    public void A_patch_stays_while_mask_and_prompts_are_well_inside()
    {
        var first = Place(null, Fitted, default, default, VoxelBox.Of(new Ijk(100, 100, 40)));

        var next = Place(first, Fitted, default, Box(60, 60, 25, 140, 140, 55), VoxelBox.Of(new Ijk(85, 90, 35)));

        Assert.Same(first, next);
    }

    [Fact]
    public void A_small_mask_after_a_lone_point_brings_a_closer_patch()
    {
        var first = Place(null, Fitted, default, default, VoxelBox.Of(new Ijk(100, 100, 40)));
        var mask = Box(90, 95, 36, 120, 105, 44);

        var next = Place(first, Fitted, default, mask, VoxelBox.Of(new Ijk(110, 100, 40)));

        Assert.Equal(0.75, next.Spacing.I, 9);
        Assert.True(next.ToLps(new VoxelPoint(31.5, 31.5, 31.5)).DistanceTo(Volume.ToLps(new VoxelPoint(104.5, 99.5, 39.5))) < 1e-9);
    }

    [Fact]
    public void A_patch_comes_no_closer_than_all_that_belongs_to_the_object()
    {
        var first = Place(null, Fitted, default, default, VoxelBox.Of(new Ijk(100, 100, 40)));
        var mask = Box(90, 95, 36, 120, 105, 44);

        var next = PatchPlacement.Place(first, Fitted, Volume, default, mask, Box(50, 100, 40, 140, 101, 41), VoxelBox.Of(new Ijk(110, 100, 40)));

        Assert.Same(first, next);
    }

    [Fact]
    public void A_mask_that_reaches_the_border_brings_a_wider_patch()
    {
        var first = Place(null, Fitted, Box(90, 90, 35, 110, 110, 45), default, default);
        var mask = Box(82, 90, 30, 119, 110, 50);

        var next = Place(first, Fitted, Box(90, 90, 35, 110, 110, 45), mask, default);

        Assert.True(next.Spacing.I > first.Spacing.I);
        Assert.Equal(1.3 * 60 / 64, next.Spacing.I, 9);
    }

    [Fact]
    public void A_patch_of_fixed_spacing_follows_the_prompt_that_left_it()
    {
        var first = Place(null, Fixed, default, default, VoxelBox.Of(new Ijk(50, 50, 20)));
        var mask = Box(30, 30, 12, 70, 70, 28);
        var far = VoxelBox.Of(new Ijk(150, 50, 20));

        var next = Place(first, Fixed, default, mask, far);

        Assert.Equal(new Spacing(1, 1, 1), next.Spacing);
        Assert.True(next.ToLps(new VoxelPoint(31.5, 31.5, 31.5)).DistanceTo(Volume.ToLps(new Ijk(150, 50, 20))) < 1e-9);
    }

    [Fact]
    public void A_mask_too_large_for_any_patch_does_not_make_it_wander()
    {
        var first = Place(null, Fixed, default, default, VoxelBox.Of(new Ijk(50, 50, 20)));

        var next = Place(first, Fixed, default, Box(10, 10, 5, 190, 190, 70), VoxelBox.Of(new Ijk(52, 50, 20)));

        Assert.Same(first, next);
    }

    [Fact]
    public void A_volume_that_fits_into_a_patch_of_fixed_spacing_lies_in_its_middle_wherever_the_prompt_is()
    {
        var small = VolumeGeometry.AxisAligned(new VolumeSize(64, 60, 20), new Spacing(1, 1, 3));

        var patch = PatchPlacement.Place(null, Fixed, small, default, default, default, VoxelBox.Of(new Ijk(3, 50, 2)));

        Assert.True(patch.ToLps(new VoxelPoint(31.5, 31.5, 31.5)).DistanceTo(small.ToLps(new VoxelPoint(31.5, 29.5, 9.5))) < 1e-9);
    }

    private static VolumeGeometry Place(VolumeGeometry? current, InputGrid input, VoxelBox box, VoxelBox mask, VoxelBox prompts) =>
        PatchPlacement.Place(current, input, Volume, box, mask, default, prompts);

    private static VoxelBox Box(int i0, int j0, int k0, int i1, int j1, int k1) => new(new Ijk(i0, j0, k0), new Ijk(i1, j1, k1));
}
