using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Patches;

public class PatchPromptsTests
{
    [Fact]
    public void A_patch_gets_every_voxel_of_a_stroke_that_rounds_to_one_of_its_own_however_the_two_lie() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new Random(seed);
            var volume = RandomGeometry.Of(random, RandomGeometry.TurnedRas(random, 180), extentMm: 40);
            var (size, mm) = (random.Next(2, 12), 0.5 + (random.NextDouble() * 6));
            var at = volume.ToLps(new VoxelPoint(random.Next(-5, volume.Size.I), random.Next(volume.Size.J), random.Next(volume.Size.K)));
            var patch = PatchGrid.Around(at, volume, size, mm);
            var voxels = new byte[volume.Size.VoxelCount];
            Array.Fill(voxels, (byte)1);
            var everywhere = BitBlock.FromVoxels(volume.Bounds, voxels);
            var drawn = VolumePromptRaster.Draw([new ScribblePrompt(Polarity.Negative, everywhere)], volume);

            var expected = everywhere.Voxels.Select(voxel => patch.ToVoxel(volume.ToLps(voxel)).Nearest()).Where(patch.Bounds.Contains)
                .Select(voxel => new PatchVoxel(voxel.K, voxel.J, voxel.I)).Distinct();
            Assert.Equal(expected, new PatchPrompts(volume, patch).Of(drawn).Negative);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
}
