using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Tests.Patches;

/// <summary>Objects larger than one patch of a model of fixed spacing.</summary>
public class PatchCoverTests
{
    private const int Size = 16;

    private static readonly InputGrid Input = new([Size, Size, Size], [2, 2, 2], 1);

    private readonly FieldModel _model = new(new InputGrid([24, 24, 24], [2, 2, 2], 1));

    [Fact]
    public void An_object_larger_than_a_patch_comes_back_whole_from_several_however_the_volume_lies() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new Random(seed);
            var geometry = RandomGeometry.Of(random, RandomGeometry.TurnedRas(random, 180), extentMm: 110);
            var shape = new AnalyticObject(random, geometry.ToLps(new VoxelPoint(geometry.Size.I / 2.0, geometry.Size.J / 2.0, geometry.Size.K / 2.0)));
            var model = new FieldModel(Input);
            using var session = new FieldSession(geometry, shape.At, new SessionModel.OnVolume(model));
            var truth = Voxels.Inside(geometry, shape.At);

            session.StepAsync(new BoxPrompt(truth.BoundingBox)).GetAwaiter().GetResult();

            Assert.InRange(model.Patches.Count, 2, 27);
            Assert.InRange(Voxels.Dice(truth, session.Mask), 0.98, 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public async Task Further_parts_are_added_where_they_are_prompted_and_the_first_stay()
    {
        using var session = Bar();

        await session.StepAsync(Click(20));
        var first = session.Mask;
        await session.StepAsync(Click(60));
        var both = session.Mask;

        Assert.All(first.Voxels, voxel => Assert.True(both[voxel]));
        Assert.True(both[new Ijk(60, 20, 20)] && !both[new Ijk(110, 20, 20)]);
        Assert.Equal(2, _model.Steps.Count);
        Assert.All(_model.Steps, step => Assert.Single(step.Prompts.Points));
        // The neighbour knows what the mask says where they overlap.
        Assert.Contains(_model.Steps[1].Previous!, value => value > 0);
    }

    [Fact]
    public async Task A_correction_runs_the_patches_that_hold_it_with_their_own_logits_and_no_others()
    {
        using var session = Bar();
        await session.StepAsync(new BoxPrompt(new VoxelBox(new Ijk(2, 14, 14), new Ijk(118, 26, 26))));
        var patches = _model.Patches.Count;

        await session.StepAsync(Click(60, Polarity.Negative));

        Assert.Equal(3, patches);
        var corrections = _model.Steps.Skip(patches).ToArray();
        Assert.InRange(corrections.Length, 1, 2);
        Assert.All(corrections, step => Assert.Equal(step.Patch.Voxels.ToArray(), step.Previous));
        Assert.All(corrections, step => Assert.NotNull(step.Prompts.Box));
    }

    [Fact]
    public async Task Undo_takes_the_second_patch_back()
    {
        using var session = Bar();
        await session.StepAsync(Click(20));
        var first = session.Mask.Bits.ToArray();
        await session.StepAsync(Click(60));

        session.Undo();
        await session.StepAsync(Click(22));

        Assert.Equal(first, session.Mask.Bits.ToArray());
        Assert.Equal(_model.Steps[0].Patch.Voxels.ToArray(), _model.Steps[2].Previous);
    }

    [Fact]
    public async Task After_going_far_back_a_step_starts_from_rounded_logits()
    {
        using var session = Bar();
        for (var n = 0; n < 8; n++)
        {
            await session.StepAsync(Click(20 + (n % 3)));
        }

        session.GoTo(7);
        await session.StepAsync(Click(20));
        Assert.Equal(_model.Steps[6].Patch.Voxels.ToArray(), _model.Steps[^1].Previous);

        session.GoTo(2);
        await session.StepAsync(Click(20));
        var rounded = KeptLogits.Of(_model.Steps[1].Patch.Voxels, VolumeGeometry.AxisAligned(new VolumeSize(24, 24, 24), new Spacing(2, 2, 2)));
        rounded.Pack();
        Assert.Equal(rounded.Read().ToArray(), _model.Steps[^1].Previous);
        Assert.NotEqual(_model.Steps[1].Patch.Voxels.ToArray(), _model.Steps[^1].Previous);
    }

    [Fact]
    public async Task A_box_of_too_many_patches_is_refused_with_what_to_do()
    {
        var model = new FieldModel(new InputGrid([8, 8, 8], [1, 1, 1], 1));
        using var session = new FieldSession(Volume, _ => -1, new SessionModel.OnVolume(model));

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => session.StepAsync(new BoxPrompt(Volume.Bounds)));

        Assert.Contains("prompt one part of the object after the other", refused.Message, StringComparison.Ordinal);
        Assert.Empty(model.Patches);
    }

    private static VolumeGeometry Volume { get; } = VolumeGeometry.AxisAligned(new VolumeSize(120, 40, 40), new Spacing(1, 1, 1));

    // A bar along I, much longer than a patch of 48 mm.
    private FieldSession Bar() => new(
        Volume, at => Math.Clamp((5 - Math.Max(Math.Abs(at.P - 20), Math.Abs(at.S - 20))) / 3, -1, 1), new SessionModel.OnVolume(_model));

    private static PointPrompt Click(int i, Polarity polarity = Polarity.Positive) => new(polarity, new VoxelPoint(i, 20, 20));
}
