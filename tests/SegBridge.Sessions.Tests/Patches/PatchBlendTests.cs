using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Tests.Patches;

public class PatchBlendTests
{
    private const int Size = 16;

    private static readonly VolumeGeometry Volume = VolumeGeometry.AxisAligned(new VolumeSize(40, 12, 12), new Spacing(1, 1, 1));

    [Fact]
    public void One_patch_alone_is_taken_as_it_is()
    {
        var part = Part(20, -1, 1);

        var mask = PatchBlend.OnVolume([part], [], Volume, Nothing);

        Assert.Equal(PatchMask.OnVolume(part.Logits, part.Grid, Volume, Nothing).Bits.ToArray(), mask.Bits.ToArray());
    }

    [Fact]
    public void Where_patches_overlap_the_one_that_a_voxel_is_deeper_in_counts_more()
    {
        // Both reach i = 12..19; the weights cross in the middle, at 15.5, one fourth of the way at about 13.5 and 17.5.
        var (inside, outside) = (Part(11.5, 1, 1), Part(19.5, -1, -1));
        var (weakly, strongly) = (Part(11.5, 1, 1), Part(19.5, -3, -3));

        Assert.Equal(15, Last(PatchBlend.OnVolume([inside, outside], [], Volume, Nothing)));
        Assert.InRange(Last(PatchBlend.OnVolume([weakly, strongly], [], Volume, Nothing)), 12, 14);
    }

    [Fact]
    public void A_patch_of_an_earlier_step_counts_in_the_overlap_only_and_the_rest_of_the_mask_stays()
    {
        var mask = PatchBlend.OnVolume([Part(11.5, -1, -1)], [KeptPart.Of(Part(19.5, 1, 1))], Volume, box => All(box));

        // Cleared up to the middle of the overlap; what lies beyond the changed patch keeps what it was.
        Assert.DoesNotContain(mask.Voxels, voxel => voxel.I is >= 4 and <= 15);
        Assert.All(Voxels.Of(mask.Box).Where(voxel => voxel.I >= 16), voxel => Assert.True(mask[voxel]));
    }

    private static int Last(BitBlock mask) => mask.BoundingBox.Upper.I - 1;

    private static BitBlock Nothing(VoxelBox box) => new(box);

    private static BitBlock All(VoxelBox box) => BitBlock.FromVoxels(box, [.. Enumerable.Repeat((byte)1, (int)box.VoxelCount)]);

    // A patch around i = middle whose logits are one value for smaller and another for larger i of its middle.
    private static PatchPart Part(double middle, float before, float behind)
    {
        var grid = PatchGrid.Around(Volume.ToLps(new VoxelPoint(middle, 5.5, 5.5)), Volume, Size, 1);
        return new PatchPart(grid, Voxels.Of(grid.Bounds).Select(voxel => Volume.ToVoxel(grid.ToLps(voxel)).I < middle ? before : behind).ToArray());
    }
}
