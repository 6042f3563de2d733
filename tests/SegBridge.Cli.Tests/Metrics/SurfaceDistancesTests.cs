using FsCheck;
using FsCheck.Fluent;
using SegBridge.Cli.Metrics;
using SegBridge.Cli.Tests.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Metrics;

public sealed class SurfaceDistancesTests
{
    private static readonly VolumeSize Size = new(40, 40, 20);
    private static readonly Spacing Spacing = new(1, 1.5, 2.5);

    [Fact]
    public void Distances_are_those_to_the_nearest_set_voxel() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var size = new VolumeSize(1 + random.Next(8), 1 + random.Next(8), 1 + random.Next(6));
            var set = Enumerable.Range(0, (int)size.VoxelCount).Select(_ => random.Next(9) == 0).ToArray();
            set[random.Next(set.Length)] = true;
            var voxels = VolumeBlobs.Voxels(size).ToArray();
            double Squared(Ijk a, Ijk b) => Math.Pow((a.I - b.I) * Spacing.I, 2) + Math.Pow((a.J - b.J) * Spacing.J, 2) + Math.Pow((a.K - b.K) * Spacing.K, 2);
            var map = DistanceMap.SquaredTo(set, size, Spacing);
            return voxels.Zip(map).All(pair => Math.Abs(pair.Second - voxels.Where((_, at) => set[at]).Min(other => Squared(pair.First, other))) < 1e-9);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void The_same_mask_has_no_distance_and_an_empty_one_none_at_all()
    {
        var ball = Block(VolumeBlobs.Ball(Size, Spacing, new Ijk(20, 20, 10), 15));
        var same = SurfaceDistances.Between(ball, ball, Spacing)!;
        Assert.Equal((0.0, 1.0), (same.Hd95, same.ShareWithin(0)));
        Assert.Null(SurfaceDistances.Between(ball, new BitBlock(ball.Box), Spacing));
        Assert.Null(SurfaceDistances.Between(new BitBlock(ball.Box), ball, Spacing));
    }

    [Fact]
    public void A_ball_in_a_ball_is_as_far_away_as_their_radii_differ()
    {
        var (small, large) = (Block(VolumeBlobs.Ball(Size, Spacing, new Ijk(20, 20, 10), 12)), Block(VolumeBlobs.Ball(Size, Spacing, new Ijk(20, 20, 10), 18)));
        var distances = SurfaceDistances.Between(small, large, Spacing)!;
        // Voxels are up to 2.5 mm across.
        Assert.InRange(distances.Hd95, 5, 8);
        Assert.Equal(0, distances.ShareWithin(2));
        Assert.Equal(1, distances.ShareWithin(9));
    }

    [Fact]
    public void A_slab_moved_along_an_axis_is_that_far_away()
    {
        var distances = SurfaceDistances.Between(Slab(4), Slab(8), Spacing)!;
        Assert.Equal(4 * Spacing.J, distances.Hd95, 9);
    }

    [Fact]
    public void On_one_slice_only_its_own_outline_counts()
    {
        var size = new VolumeSize(30, 30, 1);
        BitBlock Square(int side)
        {
            var block = new BitBlock(size.Bounds);
            foreach (var voxel in VolumeBlobs.Voxels(size).Where(v => Math.Abs(v.I - 15) <= side && Math.Abs(v.J - 15) <= side))
            {
                block[voxel] = true;
            }

            return block;
        }

        // Were the inside surface too, most of it would lie at distance 0.
        var distances = SurfaceDistances.Between(Square(10), Square(7), new Spacing(1, 1, 1))!;
        Assert.Equal(0, distances.ShareWithin(2.9));
        Assert.Equal(3 * Math.Sqrt(2), distances.Hd95, 1.0);
    }

    [Fact]
    public void The_interval_of_a_mean_holds_it_and_narrows_with_more_values()
    {
        var random = new Random(1);
        double[] few = [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble())];
        double[] many = [.. Enumerable.Range(0, 512).Select(_ => random.NextDouble())];
        var (wide, narrow) = (Bootstrap.MeanOf(few, 3), Bootstrap.MeanOf(many, 3));
        Assert.InRange(wide.Mean, wide.Low, wide.High);
        // 1.96 deviations of the mean of 512 uniform values on each side.
        Assert.InRange(narrow.High - narrow.Low, 0.045, 0.055);
        Assert.True(wide.High - wide.Low > 4 * (narrow.High - narrow.Low));
        Assert.Equal(wide, Bootstrap.MeanOf(few, 3));
        Assert.Equal(new MeanInterval(0.7, 0.7, 0.7), Bootstrap.MeanOf([0.7], 3));
    }

    private static BitBlock Slab(int j)
    {
        var mask = new VolumeMask(Size);
        foreach (var voxel in VolumeBlobs.Voxels(Size).Where(voxel => voxel.J == j))
        {
            mask[voxel] = true;
        }

        return Block(mask);
    }

    private static BitBlock Block(VolumeMask mask) => mask.Read(Size.Bounds);
}
