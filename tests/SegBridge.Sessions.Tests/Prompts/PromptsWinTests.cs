using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Prompts;

public sealed class PromptsWinTests
{
    private static readonly VolumeSize Size = new(14, 12, 8);
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(Size, new Spacing(1, 1.5, 3));

    private static readonly Gen<VoxelPoint> Places =
        from i in Gen.Choose(0, (Size.I * 4) - 2)
        from j in Gen.Choose(0, (Size.J * 4) - 2)
        from k in Gen.Choose(0, (Size.K * 4) - 2)
        select new VoxelPoint((i / 4.0) - 0.5, (j / 4.0) - 0.5, (k / 4.0) - 0.5);

    private static readonly Gen<Polarity> Polarities = Gen.Elements(Polarity.Positive, Polarity.Negative);

    private static readonly Gen<DrawnPrompt> Drawings = Gen.OneOf(
        from polarity in Polarities
        from at in Places
        select new DrawnPrompt(new PointPrompt(polarity, at), null),
        from polarity in Polarities
        from at in Places
        from to in Places
        from radius in Gen.Elements(0.0, 1.2)
        select new DrawnPrompt(new StrokePrompt(polarity, [at, to], radius), null),
        from polarity in Polarities
        from at in Places
        from axis in Gen.Elements(Axis.I, Axis.J, Axis.K)
        let plane = new SlicePlane(axis, Size.Bounds.Nearest(at.Nearest())[axis])
        select new DrawnPrompt(new PointPrompt(polarity, at), plane),
        from polarity in Polarities
        from at in Places
        let k = Size.Bounds.Nearest(at.Nearest()).K
        select new DrawnPrompt(new LassoPrompt(polarity, [at with { K = k }, new(1, 1, k), new(9, 2, k)]), new SlicePlane(Axis.K, k)));

    [Fact]
    public void Every_prompt_holds_at_its_voxels_and_the_newer_of_two_that_disagree()
    {
        Prop.ForAll(Gen.ListOf(Drawings).ToArbitrary(), Gen.Choose(0, 6).ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (drawn, cell, seed) =>
        {
            var earlier = drawn.Take(seed % (drawn.Count + 1)).ToList();
            var mask = PromptsWin.In(Noise(seed), Noise(seed + 1), earlier, drawn.Skip(earlier.Count), Geometry, cell);

            var said = new Dictionary<Ijk, bool>();
            foreach (var mark in drawn.SelectMany(one => VolumePromptRaster.Draw([one], Geometry).Marks))
            {
                said[mark.Voxel] = mark.IsInside;
            }

            return said.All(spoken => mask[spoken.Key] == spoken.Value);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Nothing_changes_further_than_a_cell_from_what_was_drawn_nor_where_the_model_agreed()
    {
        Prop.ForAll(Gen.ListOf(Drawings).ToArbitrary(), Gen.Choose(0, 6).ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (drawn, cell, seed) =>
        {
            var (before, after) = (Noise(seed), Own(Noise(seed), drawn, cell));

            var marks = VolumePromptRaster.Draw(drawn, Geometry).Marks;
            var missed = marks.Where(mark => before[mark.Voxel] != mark.IsInside).Select(mark => mark.Voxel).ToList();
            return AllOf(Size.Bounds)
                .Where(voxel => before[voxel] != after[voxel])
                .All(voxel => missed.Exists(spot => DistanceMm(spot, voxel) <= (cell / 2.0) + 1e-9));
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void A_click_that_the_model_missed_takes_a_ball_of_the_size_of_a_cell_along()
    {
        var at = new Ijk(6, 6, 4);

        var mask = Own(new BitBlock(Size.Bounds), [Click(Polarity.Positive, at)], 6);

        Assert.Equal(AllOf(Size.Bounds).Where(voxel => DistanceMm(at, voxel) <= 3), AllOf(Size.Bounds).Where(voxel => mask[voxel]));
    }

    [Fact]
    public void A_click_against_an_older_one_leaves_the_rest_to_the_model()
    {
        var at = new Ijk(6, 6, 4);
        var outside = Own(new BitBlock(Size.Bounds), [Click(Polarity.Positive, at), Click(Polarity.Negative, at)], 3);
        Assert.Equal(0, outside.Count);

        var inside = Own(Full(), [Click(Polarity.Negative, at), Click(Polarity.Positive, at)], 3);
        Assert.Equal(Size.VoxelCount, inside.Count);
    }

    [Fact]
    public void An_older_click_within_the_ball_of_a_newer_one_still_holds()
    {
        var (older, newer) = (new Ijk(6, 6, 4), new Ijk(7, 6, 4));

        var mask = Own(new BitBlock(Size.Bounds), [Click(Polarity.Negative, older), Click(Polarity.Positive, newer)], 3);

        Assert.False(mask[older]);
        Assert.True(mask[newer]);
        Assert.True(mask[new Ijk(8, 6, 4)]);
    }

    [Fact]
    public void A_lasso_reaches_no_further_than_its_outline()
    {
        var lasso = new LassoPrompt(Polarity.Positive, [new(3, 3, 4), new(9, 3, 4), new(9, 8, 4), new(3, 8, 4)]);
        var drawn = VolumePromptRaster.Draw([lasso], Geometry).Marks.Select(mark => mark.Voxel).ToHashSet();

        var mask = Own(new BitBlock(Size.Bounds), [new DrawnPrompt(lasso, null)], 5);

        Assert.Equal(drawn.Count, mask.Count);
        Assert.All(drawn, voxel => Assert.True(mask[voxel]));
    }

    [Fact]
    public void A_mask_from_the_user_ends_what_was_drawn_there_before()
    {
        var (covered, beside) = (new Ijk(3, 3, 3), new Ijk(9, 9, 3));
        var forget = new DrawnPrompt(new DrawnPrompt.ForgetPrompt(new VoxelBox(new Ijk(2, 2, 2), new Ijk(5, 5, 5))), null);

        var mask = Own(Full(), [Click(Polarity.Negative, covered), Click(Polarity.Negative, beside), forget], 0);

        Assert.True(mask[covered]);
        Assert.False(mask[beside]);
    }

    [Fact]
    public void Where_a_step_loses_an_earlier_prompt_the_mask_before_comes_back_around_it()
    {
        var (kept, lost) = (new Ijk(2, 2, 4), new Ijk(6, 6, 4));
        var before = new BitBlock(Size.Bounds);
        foreach (var voxel in AllOf(Size.Bounds).Where(voxel => (voxel.I + voxel.J + voxel.K) % 2 == 0))
        {
            before[voxel] = true;
        }

        var now = new BitBlock(Size.Bounds) { [kept] = true };
        var mask = PromptsWin.In(now, before, [Click(Polarity.Positive, kept), Click(Polarity.Positive, lost)], [], Geometry, 4);

        Assert.Equal(
            AllOf(Size.Bounds).Where(voxel => voxel == kept || (DistanceMm(lost, voxel) <= 6 && before[voxel])),
            AllOf(Size.Bounds).Where(voxel => mask[voxel]));
    }

    [Fact]
    public void A_newer_prompt_that_disagrees_ends_the_claim_of_an_earlier_one()
    {
        var at = new Ijk(6, 6, 4);

        var mask = PromptsWin.In(
            new BitBlock(Size.Bounds), Full(), [Click(Polarity.Positive, at)], [Click(Polarity.Negative, at)], Geometry, 4);

        Assert.Equal(0, mask.Count);
    }

    // All prompts of this step.
    private static BitBlock Own(BitBlock content, IReadOnlyCollection<DrawnPrompt> drawn, double cell) =>
        PromptsWin.In(content, new BitBlock(Size.Bounds), [], drawn, Geometry, cell);

    private static DrawnPrompt Click(Polarity polarity, Ijk at) => new(new PointPrompt(polarity, at.Centre), null);

    private static BitBlock Noise(int seed)
    {
        var chance = new System.Random(seed);
        return BitBlock.FromVoxels(Size.Bounds, [.. Enumerable.Range(0, (int)Size.VoxelCount).Select(_ => (byte)chance.Next(2))]);
    }

    private static BitBlock Full() => BitBlock.FromVoxels(Size.Bounds, [.. Enumerable.Repeat((byte)1, (int)Size.VoxelCount)]);

    private static double DistanceMm(Ijk a, Ijk b) => Math.Sqrt(
        Math.Pow((a.I - b.I) * Geometry.Spacing.I, 2) + Math.Pow((a.J - b.J) * Geometry.Spacing.J, 2) + Math.Pow((a.K - b.K) * Geometry.Spacing.K, 2));

    private static IEnumerable<Ijk> AllOf(VoxelBox box) =>
        from k in Enumerable.Range(box.Lower.K, box.Size.K)
        from j in Enumerable.Range(box.Lower.J, box.Size.J)
        from i in Enumerable.Range(box.Lower.I, box.Size.I)
        select new Ijk(i, j, k);
}
