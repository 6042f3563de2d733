using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Resampling;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Patches;

namespace SegBridge.Sessions.Tests.Patches;

public class PatchMaskTests
{
    private static readonly VolumeGeometry Volume = VolumeGeometry.AxisAligned(new VolumeSize(40, 36, 20), new Spacing(1, 1, 2));

    private static readonly LpsPoint Middle = Volume.ToLps(new VoxelPoint(20, 18, 10));

    [Fact]
    public void A_ball_of_logits_becomes_the_ball_on_the_volume()
    {
        var patch = PatchGrid.Around(Middle, Volume, 32, 1.25);
        var logits = Ball(patch, radius: 11);

        var mask = PatchMask.OnVolume(logits, patch, Volume, box => new BitBlock(box));

        foreach (var voxel in AllOf(Volume.Size))
        {
            var distance = Volume.ToLps(voxel).DistanceTo(Middle);
            // Linear interpolation of a distance errs by a fraction of a patch voxel.
            if (Math.Abs(distance - 11) > 0.3)
            {
                Assert.Equal(distance < 11, mask.Box.Contains(voxel) && mask[voxel]);
            }
        }
    }

    [Fact]
    public void Voxels_beside_the_patch_keep_what_they_are()
    {
        var lean = Oblique();
        var patch = PatchGrid.Around(lean.ToLps(new VoxelPoint(10, 10, 10)), lean, 8, 1);
        var everything = new float[512];
        everything.AsSpan().Fill(-3);

        var mask = PatchMask.OnVolume(everything, patch, lean, box => BitBlock.FromVoxels(box, [.. Enumerable.Repeat((byte)1, (int)box.VoxelCount)]));

        // The box read is one voxel larger than the patch on each side: those keep, the others are cleared.
        Assert.True(mask.Count > 0);
        Assert.All(mask.Voxels, voxel =>
        {
            var at = patch.ToVoxel(lean.ToLps(voxel));
            Assert.True(at.I < -0.499 || at.I > 7.499 || at.J < -0.499 || at.J > 7.499 || at.K < -0.499 || at.K > 7.499, $"{voxel} lies in the patch");
        });
    }

    [Fact]
    public void Every_voxel_is_as_its_own_interpolated_logit_says()
    {
        var chance = new Random(3);
        for (var round = 0; round < 30; round++)
        {
            var patch = PatchGrid.Around(Volume.ToLps(new VoxelPoint(chance.Next(40), chance.Next(36), chance.Next(20))), Volume, 8, 0.7 + (2 * chance.NextDouble()));
            // Now and then none above 0, mostly a few.
            var bias = 2 * chance.NextSingle();
            var logits = Enumerable.Range(0, 512).Select(_ => (4 * chance.NextSingle()) - 2 - bias).ToArray();
            var before = BitBlock.FromVoxels(Volume.Bounds, [.. Enumerable.Range(0, (int)Volume.Size.VoxelCount).Select(_ => (byte)chance.Next(2))]);

            var mask = PatchMask.OnVolume(logits, patch, Volume, before.Crop);

            var values = new float[mask.Box.VoxelCount];
            new GridResampler(patch, Volume.Crop(mask.Box)).Resample(logits, values, Interpolation.Linear, float.NaN);
            var n = 0;
            foreach (var voxel in AllOf(mask.Box))
            {
                Assert.Equal(float.IsNaN(values[n]) ? before[voxel] : values[n] > 0, mask[voxel]);
                n++;
            }
        }
    }

    [Fact]
    public void A_mask_taken_to_a_patch_and_back_is_the_same_mask()
    {
        var ball = new BitBlock(Volume.Bounds);
        foreach (var voxel in AllOf(Volume.Size).Where(voxel => Volume.ToLps(voxel).DistanceTo(Middle) < 9))
        {
            ball[voxel] = true;
        }

        var patch = PatchGrid.Around(Middle, Volume, 48, 0.8);
        var back = PatchMask.OnVolume(PatchMask.LogitsOf(ball, Volume, patch), patch, Volume, box => new BitBlock(box));

        var differing = AllOf(Volume.Size).Count(voxel => ball[voxel] != (back.Box.Contains(voxel) && back[voxel]));
        Assert.True(differing < 0.03 * ball.Count, $"{differing} of {ball.Count} voxels differ");
    }

    [Fact]
    public void An_empty_mask_is_outside_everywhere() =>
        Assert.All(PatchMask.LogitsOf(new BitBlock(VoxelBox.Empty), Volume, PatchGrid.Around(Middle, Volume, 4, 1)), value => Assert.True(value < 0));

    [Fact]
    public void Logits_follow_the_patch_when_it_moves()
    {
        var from = PatchGrid.Around(Middle, Volume, 32, 1);
        var to = PatchGrid.Around(Middle + new LpsVector(4, 0, 2), Volume, 32, 1);

        var moved = PatchMask.Moved(Ball(from, radius: 8), from, to);

        Assert.Equal(Ball(to, radius: 8).Count(value => value > 0), moved.Count(value => value > 0));
        Assert.True(moved[0] < 0);
    }

    [Fact]
    public void Values_of_the_volume_come_to_the_patch_in_tensor_order()
    {
        var grid = new BrickGrid(Volume.Size, new VolumeSize(16, 16, 16));
        var store = new BrickStore(Volume, VoxelType.Float32, Rescale.Identity, grid);
        foreach (var index in grid.Covering(Volume.Bounds))
        {
            // A ramp: the value of a voxel is L + 100 P + 10000 S in mm.
            var bytes = AllOf(grid.BoxOf(index)).SelectMany(voxel => BitConverter.GetBytes(Ramp(Volume.ToLps(voxel)))).ToArray();
            store.Put(index, bytes);
        }

        var patch = PatchGrid.Around(Middle, Volume, 6, 1.5);
        var values = PatchImage.Read(store, patch, -1);

        for (var n = 0; n < values.Length; n++)
        {
            // Tensor (R, A, S), S fastest: C-order of the patch's (k, j, i).
            var expected = Ramp(patch.ToLps(new Ijk(n % 6, n / 6 % 6, n / 36)));
            Assert.Equal(expected, values[n], 0.02f * Math.Abs(expected));
        }

        var beside = PatchGrid.Around(Middle + new LpsVector(500, 0, 0), Volume, 6, 1.5);
        Assert.All(PatchImage.Read(store, beside, -1), value => Assert.Equal(-1, value));
    }

    private static float Ramp(LpsPoint at) => (float)(at.L + (100 * at.P) + (10000 * at.S));

    private static VolumeGeometry Oblique()
    {
        var (c, s) = (Math.Cos(0.4), Math.Sin(0.4));
        var direction = new Direction(new LpsVector(c, s, 0), new LpsVector(-s, c, 0), new LpsVector(0, 0, 1));
        return new VolumeGeometry(new VolumeSize(20, 20, 20), new Spacing(1, 1, 1), direction, new LpsPoint(3, 4, 5));
    }

    private static float[] Ball(VolumeGeometry patch, double radius)
    {
        var size = patch.Size;
        return [.. AllOf(size).Select(voxel => (float)(radius - patch.ToLps(voxel).DistanceTo(Middle)))];
    }

    private static IEnumerable<Ijk> AllOf(VolumeSize size) => AllOf(size.Bounds);

    private static IEnumerable<Ijk> AllOf(VoxelBox box) =>
        from k in Enumerable.Range(box.Lower.K, box.Size.K)
        from j in Enumerable.Range(box.Lower.J, box.Size.J)
        from i in Enumerable.Range(box.Lower.I, box.Size.I)
        select new Ijk(i, j, k);
}
