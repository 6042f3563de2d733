using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Patches;

/// <summary>From a volume of any geometry through bricks to the patch that a 3D model sees, and back as a mask.</summary>
public class RoundTripTests
{
    private const int Size = 64;

    private static readonly InputGrid Fitted = new([Size, Size, Size], null, 1) { Fitted = new FittedSpacing(0.75, 6, 3, 1.3) };

    private static readonly InputGrid Fixed = new([Size, Size, Size], [1.6, 1.6, 1.6], 1);

    [Fact]
    public void An_object_comes_back_from_the_patch_where_it_was_however_the_volume_lies() => ForAll(30, random =>
    {
        var geometry = RandomGeometry.Of(random, RandomGeometry.TurnedRas(random, 180), extentMm: 105);
        var shape = new AnalyticObject(random, MiddleOf(geometry));
        var model = new FieldModel(random.Next(2) == 0 ? Fitted : Fixed);
        using var session = new FieldSession(geometry, shape.At, new SessionModel.OnVolume(model));
        var truth = Voxels.Inside(geometry, shape.At);

        session.StepAsync(new BoxPrompt(truth.BoundingBox)).GetAwaiter().GetResult();

        var dice = Voxels.Dice(truth, session.Mask);
        Assert.True(dice >= 0.98, $"Dice {dice} for {geometry}");
        // The object is such that a mistaken axis could not pass.
        Assert.All((Axis[])[Axis.I, Axis.J, Axis.K], axis => Assert.True(Voxels.Dice(truth, Flipped(truth, axis)) < 0.95));
    });

    [Fact]
    public void The_model_sees_the_object_with_right_anterior_and_superior_in_that_order() => ForAll(20, random =>
    {
        var turned = RandomGeometry.TurnedRas(random, 40);
        var geometry = RandomGeometry.Of(random, turned, extentMm: 105);
        var shape = new AnalyticObject(random, MiddleOf(geometry));
        var model = new FieldModel(Fixed);
        using var session = new FieldSession(geometry, shape.At, new SessionModel.OnVolume(model));

        var clicked = geometry.ToVoxel(shape.Centre).Nearest();
        session.StepAsync(new PointPrompt(Polarity.Positive, clicked.Centre)).GetAwaiter().GetResult();

        // The click is in the middle of the patch, and the ball where it lies in the patient as seen from there.
        var expected = turned.Select(axis => ((Size - 1) / 2.0) + ((shape.Ball - geometry.ToLps(clicked)).Dot(axis) / 1.6));
        var actual = MiddleOf(Assert.Single(model.Patches), value => value > 0.6);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.5));
    });

    [Fact]
    public async Task A_volume_that_is_a_patch_already_reaches_the_model_voxel_by_voxel()
    {
        const int size = 32;
        // Axes and spacing of the tensor itself: K runs to the right, J to anterior, I to superior.
        var direction = new Direction(new LpsVector(0, 0, 1), new LpsVector(0, -1, 0), new LpsVector(-1, 0, 0));
        var geometry = new VolumeGeometry(new VolumeSize(size, size, size), new Spacing(1, 1, 1), direction, new LpsPoint(7, 8, 9));
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, size * size * size).Select(_ => (random.NextSingle() * 2) - 1)];
        var model = new FieldModel(new InputGrid([size, size, size], [1, 1, 1], 1));
        using var session = new FieldSession(geometry, at => values[OffsetOf(geometry.ToVoxel(at).Nearest())], new SessionModel.OnVolume(model));

        var mark = new BitBlock(VoxelBox.Of(new Ijk(12, 11, 10))) { [new Ijk(12, 11, 10)] = true };
        await session.StepAsync(
            new PointPrompt(Polarity.Positive, new VoxelPoint(30, 20, 10)), new PointPrompt(Polarity.Negative, new VoxelPoint(9, 7, 6.25)),
            new BoxPrompt(new VoxelBox(new Ijk(4, 3, 2), new Ijk(31, 30, 19))), new ScribblePrompt(Polarity.Positive, mark));

        Assert.Equal(values, Assert.Single(model.Patches).Voxels.ToArray());
        var prompts = Assert.Single(model.Steps).Prompts;
        Assert.Equal([new PatchPoint(10, 20, 30, true), new PatchPoint(6.25, 7, 9, false)], prompts.Points);
        Assert.Equal(new PatchBox(new PatchVoxel(2, 3, 4), new PatchVoxel(19, 30, 31)), prompts.Box);
        Assert.Equal([new PatchVoxel(10, 11, 12)], prompts.Positive);
        // And the logits come back voxel by voxel, but for what the user drew and one cell around it.
        Ijk[] drawn = [new(30, 20, 10), new(9, 7, 6), new(12, 11, 10)];
        bool IsNearDrawn(Ijk voxel) => drawn.Any(
            at => Math.Abs(at.I - voxel.I) + Math.Abs(at.J - voxel.J) + Math.Abs(at.K - voxel.K) <= 1);
        var mask = session.Mask;
        Assert.DoesNotContain(Voxels.Of(geometry.Bounds).Where(voxel => !IsNearDrawn(voxel)), voxel => values[OffsetOf(voxel)] > 0 != mask[voxel]);

        static int OffsetOf(Ijk voxel) => (((voxel.K * size) + voxel.J) * size) + voxel.I;
    }

    private static void ForAll(int cases, Action<Random> property) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => property(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases));

    private static LpsPoint MiddleOf(VolumeGeometry geometry) => geometry.ToLps(
        new VoxelPoint((geometry.Size.I - 1) / 2.0, (geometry.Size.J - 1) / 2.0, (geometry.Size.K - 1) / 2.0));

    private static double[] MiddleOf(VolumePatch patch, Func<float, bool> counts)
    {
        var voxels = Enumerable.Range(0, patch.Voxels.Length).Where(n => counts(patch.Voxels.Span[n])).Select(n => PatchVoxel.At(n, patch.Size)).ToArray();
        return [voxels.Average(voxel => voxel.R), voxels.Average(voxel => voxel.A), voxels.Average(voxel => voxel.S)];
    }

    private static BitBlock Flipped(BitBlock mask, Axis axis)
    {
        var flipped = new BitBlock(mask.Box);
        foreach (var voxel in mask.Voxels)
        {
            flipped[axis switch
            {
                Axis.I => voxel with { I = mask.Box.Upper.I - 1 - voxel.I },
                Axis.J => voxel with { J = mask.Box.Upper.J - 1 - voxel.J },
                _ => voxel with { K = mask.Box.Upper.K - 1 - voxel.K },
            }] = true;
        }

        return flipped;
    }
}
