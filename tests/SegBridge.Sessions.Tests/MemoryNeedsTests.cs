using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Tests;

public sealed class MemoryNeedsTests
{
    private static readonly VolumeDescription Volume = new(
        VolumeGeometry.AxisAligned(new VolumeSize(512, 400, 300), new Spacing(1, 1, 1)), VoxelType.Int16, Rescale.Identity, new VolumeSize(64, 64, 64));

    [Fact]
    public void A_3D_model_needs_the_features_of_a_patch_and_maps_of_its_grid()
    {
        var model = new BrightVolumeModel();

        var needs = MemoryNeeds.Of(new SessionModel.OnVolume(model), Volume);

        // Features; previous and refined logits, error map, three maps of prompts, three candidates.
        const int grid = BrightVolumeModel.Grid * BrightVolumeModel.Grid * BrightVolumeModel.Grid * sizeof(float);
        Assert.Equal((grid * (1 + 6 + 3), 64 * 64 * 64 * 2), (needs.ModelBytes, needs.LeastBrickBytes));
    }

    [Fact]
    public void A_2D_model_needs_the_pixels_of_a_slice_and_maps_of_its_grid()
    {
        var model = new BrightnessModel();

        var needs = MemoryNeeds.Of(new SessionModel.OnSlices(model), Volume);

        Assert.Equal(((512 * 400) + (model.LogitCount * (1 + 2))) * sizeof(float), needs.ModelBytes);
        Assert.Equal(512 * 400 * 2, needs.LeastBrickBytes);
    }
}
