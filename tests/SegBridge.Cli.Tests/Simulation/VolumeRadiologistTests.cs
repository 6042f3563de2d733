using FsCheck;
using FsCheck.Fluent;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Simulation;

public sealed class VolumeRadiologistTests
{
    private static readonly VolumeSize Size = new(44, 36, 14);
    private static readonly VolumeGeometry Axial = VolumeGeometry.AxisAligned(Size, new Spacing(0.8, 1.1, 3));

    // The body's length lies along i.
    private static readonly VolumeGeometry Lying = new(
        Size, new Spacing(2, 1, 1), new Direction(new LpsVector(0, 0, -1), new LpsVector(1, 0, 0), new LpsVector(0, 1, 0)), new LpsPoint(3, 4, 5));

    [Fact]
    public void Every_prompt_lies_on_the_error_that_it_corrects_and_every_slice_with_errors_is_scribbled_on() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<bool>(), (seed, lying) =>
        {
            var (truth, predicted) = (VolumeBlobs.Make(seed, Size), VolumeBlobs.Make(unchecked(seed + 1), Size));
            var axis = lying ? Axis.I : Axis.K;
            var drawn = VolumeRadiologist.Named("prism-ultra").Correct(truth, predicted, lying ? Lying : Axial, new Random(seed));
            var (missed, excess) = (Only(truth, predicted), Only(predicted, truth));
            return drawn is null
                ? missed.Count + excess.Count == 0
                : Covers(drawn.Positive, missed, axis) && Covers(drawn.Negative, excess, axis)
                    && drawn.Box is null
                    && drawn.Clicks is [var click] && (click.Positive ? missed : excess).Contains(click.Voxel);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Theory]
    [InlineData("prism-ultra")]
    [InlineData("prism-plain")]
    public void The_same_seed_draws_the_same_prompts_and_another_seed_others(string protocol)
    {
        var (truth, predicted) = (VolumeBlobs.Make(5, Size), VolumeBlobs.Make(6, Size));
        var reader = VolumeRadiologist.Named(protocol);
        string Drawn(int seed)
        {
            var random = new Random(seed);
            var (start, next) = (reader.Start(truth, Axial, random), reader.Correct(truth, predicted, Axial, random)!);
            return string.Join(';', new[] { start, next }.Select(p => $"{p.Clicks[0]} {Bits(p.Positive)} {Bits(p.Negative)} {p.Box}"));
        }

        Assert.Equal(Drawn(3), Drawn(3));
        Assert.NotEqual(Drawn(3), Drawn(4));
    }

    [Fact]
    public void The_first_step_has_a_tight_box_and_prompts_on_the_object_only()
    {
        var truth = VolumeBlobs.Make(8, Size);
        var ultra = VolumeRadiologist.Named("prism-ultra").Start(truth, Axial, new Random(1));
        Assert.Equal(truth.BoundingBox, ultra.Box);
        Assert.Null(ultra.Negative);
        Assert.Equal(3, ultra.Count);
        var plain = VolumeRadiologist.Named("prism-plain").Start(truth, Axial, new Random(1));
        Assert.Equal(1, plain.Count);
        Assert.True(plain.Clicks[0].Positive && truth[plain.Clicks[0].Voxel]);
    }

    [Fact]
    public void Nothing_is_corrected_where_nothing_is_wrong()
    {
        var truth = VolumeBlobs.Make(2, Size);
        Assert.All(VolumeRadiologist.Names, name => Assert.Null(VolumeRadiologist.Named(name).Correct(truth, truth, Axial, new Random(0))));
    }

    [Fact]
    public void An_empty_object_cannot_be_prompted_for() =>
        Assert.Throws<ArgumentException>(() => VolumeRadiologist.Named("prism-plain").Start(new VolumeMask(Size), Axial, new Random(0)));

    [Fact]
    public void Every_wrong_voxel_is_as_likely_to_be_clicked_as_any_other()
    {
        var (truth, predicted) = (new VolumeMask(Size), new VolumeMask(Size));
        Ijk[] missed = [new(3, 4, 2), new(4, 4, 2), new(40, 30, 11)];
        foreach (var voxel in missed)
        {
            truth[voxel] = true;
        }

        predicted[new Ijk(20, 20, 7)] = true;
        var errors = new VolumeErrors(truth, predicted, Axial);
        var random = new Random(7);
        var counts = Enumerable.Range(0, 4000).Select(_ => errors.Any(random)).CountBy(click => click).ToDictionary();
        Assert.Equal(4, counts.Count);
        Assert.All(counts, pair => Assert.InRange(pair.Value, 880, 1120));
        Assert.All(counts.Keys, click => Assert.Equal(missed.Contains(click.Voxel), click.Positive));
    }

    [Fact]
    public void A_scribble_is_a_line_and_no_filled_region()
    {
        var truth = VolumeBlobs.Ball(new VolumeSize(120, 120, 30), new Spacing(1, 1, 3), new Ijk(60, 60, 15), 30);
        var drawn = VolumeRadiologist.Named("prism-ultra").Start(
            truth, VolumeGeometry.AxisAligned(truth.Size, new Spacing(1, 1, 3)), new Random(1));
        Assert.InRange(drawn.Positive!.Count, 20, truth.Count / 8);
    }

    [Fact]
    public void An_unknown_protocol_is_answered_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => VolumeRadiologist.Named("mind-reading"));
        Assert.Contains("prism-ultra", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dice_of_volumes_counts_voxels() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (a, b) = (VolumeBlobs.Make(seed, Size), VolumeBlobs.Make(unchecked(seed * 31), Size));
            var common = VolumeBlobs.Voxels(Size).Count(voxel => a[voxel] && b[voxel]);
            return Math.Abs(Overlap.Dice(a, b) - (2.0 * common / (a.Count + b.Count))) < 1e-12;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    private static HashSet<Ijk> Only(VolumeMask mask, VolumeMask other) => [.. VolumeBlobs.Voxels(Size).Where(voxel => mask[voxel] && !other[voxel])];

    private static bool Covers(BitBlock? scribble, HashSet<Ijk> region, Axis axis)
    {
        var drawn = scribble?.Voxels.ToArray() ?? [];
        return drawn.All(region.Contains) && drawn.Select(voxel => voxel[axis]).ToHashSet().SetEquals(region.Select(voxel => voxel[axis]));
    }

    private static string Bits(BitBlock? block) => block is null ? "" : $"{block.Box}{Convert.ToHexString(block.Bits)}";
}
