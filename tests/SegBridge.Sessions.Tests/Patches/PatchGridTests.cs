using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Patches;

namespace SegBridge.Sessions.Tests.Patches;

public class PatchGridTests
{
    private static readonly LpsVector Right = new(-1, 0, 0);
    private static readonly LpsVector Anterior = new(0, -1, 0);
    private static readonly LpsVector Superior = new(0, 0, 1);

    [Fact]
    public void The_tensor_runs_to_the_right_then_to_anterior_then_to_superior()
    {
        var volume = VolumeGeometry.AxisAligned(new VolumeSize(50, 60, 70), new Spacing(0.7, 0.7, 3));

        var patch = PatchGrid.Around(volume.ToLps(new VoxelPoint(20, 30, 40)), volume, 8, 2);

        Assert.Equal((Right, Anterior, Superior), (patch.Direction.KAxis, patch.Direction.JAxis, patch.Direction.IAxis));
        Assert.Equal(new Spacing(2, 2, 2), patch.Spacing);
        Assert.Equal((1.0, 2.0, 3.0), PatchGrid.TensorIndexOf(new VoxelPoint(3, 2, 1)));
    }

    [Fact]
    public void The_middle_of_the_patch_is_where_it_was_asked_for()
    {
        foreach (var volume in Volumes(seed: 3, count: 50))
        {
            var centre = volume.ToLps(new VoxelPoint(3.25, 7.5, 1.75));

            var patch = PatchGrid.Around(centre, volume, 10, 1.5);

            Assert.True(patch.ToLps(new VoxelPoint(4.5, 4.5, 4.5)).DistanceTo(centre) < 1e-9);
        }
    }

    [Fact]
    public void Axes_are_the_volumes_own_turned_by_right_angles_only()
    {
        foreach (var volume in Volumes(seed: 4, count: 200))
        {
            var patch = PatchGrid.Around(volume.Origin, volume, 4, 1).Direction;

            foreach (var axis in (Axis[])[Axis.I, Axis.J, Axis.K])
            {
                var aligned = (Axis[])[Axis.I, Axis.J, Axis.K];
                Assert.Equal(1, aligned.Count(own => Math.Abs(Math.Abs(patch[axis].Dot(volume.Direction[own])) - 1) < 1e-9));
            }

            // Right, anterior and superior together point as far that way as any such turn can.
            var reached = patch.KAxis.Dot(Right) + patch.JAxis.Dot(Anterior) + patch.IAxis.Dot(Superior);
            Assert.True(reached >= BestOf(volume.Direction) - 1e-9, $"{reached} for {volume.Direction}");
        }
    }

    [Fact]
    public void A_tilted_gantry_gets_a_patch_along_the_patient()
    {
        var lean = new LpsVector(0, Math.Sin(0.3), Math.Cos(0.3));
        var volume = new VolumeGeometry(
            new VolumeSize(9, 9, 9), new Spacing(1, 1, 4), new Direction(new LpsVector(1, 0, 0), new LpsVector(0, 1, 0), lean), default);

        var patch = PatchGrid.Around(volume.Origin, volume, 4, 1).Direction;

        Assert.Equal(new Direction(Superior, Anterior, Right), patch);
    }

    private static double BestOf(Direction direction)
    {
        LpsVector[] own = [direction.IAxis, direction.JAxis, direction.KAxis];
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        return orders.Max(order => Math.Abs(own[order[0]].L) + Math.Abs(own[order[1]].P) + Math.Abs(own[order[2]].S));
    }

    // Oblique, flipped and permuted grids.
    private static IEnumerable<VolumeGeometry> Volumes(int seed, int count)
    {
        var random = new Random(seed);
        for (var n = 0; n < count; n++)
        {
            var first = Unit(random);
            var helper = Unit(random);
            var second = Scaled(first.Cross(helper));
            var third = first.Cross(second);
            LpsVector[] axes = [Signed(first, random), Signed(second, random), Signed(third, random)];
            random.Shuffle(axes);
            var direction = new Direction(axes[0], axes[1], axes[2]);
            yield return new VolumeGeometry(
                new VolumeSize(12, 13, 14), new Spacing(0.5 + random.NextDouble(), 1, 3), direction, new LpsPoint(random.Next(-99, 99), 5, 7));
        }
    }

    private static LpsVector Unit(Random random) =>
        Scaled(new LpsVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5));

    private static LpsVector Scaled(LpsVector vector) => vector * (1 / vector.Length);

    private static LpsVector Signed(LpsVector vector, Random random) => random.Next(2) == 0 ? vector : vector * -1;
}
