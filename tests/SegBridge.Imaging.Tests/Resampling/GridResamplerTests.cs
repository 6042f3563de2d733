using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Resampling;

namespace SegBridge.Imaging.Tests.Resampling;

public sealed class GridResamplerTests
{
    [Fact]
    public void A_field_linear_in_patient_space_is_read_exactly_from_any_grid_onto_any_other()
    {
        Seeded.ForAll(random =>
        {
            var source = Samples.Geometry(random, Samples.Size(random, 10));
            // A target around the source's middle, so that most of it lies inside.
            var middle = source.ToLps(new VoxelPoint(source.Size.I / 2.0, source.Size.J / 2.0, source.Size.K / 2.0));
            var target = new VolumeGeometry(Samples.Size(random, 6), new Spacing(0.5, 0.3, 0.7), Samples.Direction(random), middle);
            var slope = new LpsVector(random.NextDouble(), random.NextDouble(), random.NextDouble());
            var resampled = new float[target.Size.VoxelCount];

            new GridResampler(source, target).Resample(Field(source, slope), resampled, Interpolation.Linear, float.NaN);

            ForEachVoxel(target.Size, (voxel, at) =>
            {
                var place = source.ToVoxel(target.ToLps(voxel));
                if (IsBetweenCentres(place, source.Size))
                {
                    Assert.Equal(Value(target.ToLps(voxel), slope), resampled[at], 1e-2);
                }
            });
        });
    }

    [Fact]
    public void Nearest_reads_the_voxel_that_holds_the_place_and_the_outside_value_elsewhere()
    {
        Seeded.ForAll(random =>
        {
            var source = Samples.Geometry(random, Samples.Size(random, 8));
            var target = new VolumeGeometry(
                Samples.Size(random, 8), source.Spacing, Samples.Direction(random), source.ToLps(new VoxelPoint(1.3, 0.8, 2.1)));
            var values = Enumerable.Range(0, (int)source.Size.VoxelCount).Select(n => (float)n).ToArray();
            var resampled = new float[target.Size.VoxelCount];

            new GridResampler(source, target).Resample(values, resampled, Interpolation.Nearest, -7);

            ForEachVoxel(target.Size, (voxel, at) =>
            {
                var nearest = source.ToVoxel(target.ToLps(voxel)).Nearest();
                var expected = source.Size.Contains(nearest)
                    ? (((nearest.K * source.Size.J) + nearest.J) * source.Size.I) + nearest.I
                    : -7;
                Assert.Equal(expected, resampled[at]);
            });
        });
    }

    [Fact]
    public void Grids_whose_axes_are_parallel_give_the_same_values_axis_by_axis_as_voxel_by_voxel()
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        LpsVector[] axes = [new(1, 0, 0), new(0, 1, 0), new(0, 0, 1)];
        Seeded.ForAll(random =>
        {
            Direction Turned()
            {
                var order = Samples.Of(random, orders);
                var turned = order.Select(n => axes[n] * (random.Next(2) == 0 ? 1 : -1)).ToArray();
                return new Direction(turned[0], turned[1], turned[2]);
            }

            double Step() => Samples.Of(random, [0.25, 0.5, 0.8, 1, 1.7]);
            var source = new VolumeGeometry(Samples.Size(random, 6), new Spacing(Step(), Step(), Step()), Turned(), new LpsPoint(3.1, -2.7, 10));
            var middle = source.ToLps(new VoxelPoint(random.Next(-2, 6), random.Next(-2, 6), random.NextDouble()));
            var target = new VolumeGeometry(Samples.Size(random, 24), new Spacing(Step(), Step(), Step()), Turned(), middle);
            var values = Enumerable.Range(0, (int)source.Size.VoxelCount).Select(_ => (random.NextSingle() * 8) - 4).ToArray();
            var (quick, slow) = (new float[target.Size.VoxelCount], new float[target.Size.VoxelCount]);

            var resampler = new GridResampler(source, target);
            resampler.Resample(values, quick, Interpolation.Linear, float.NaN);
            resampler.ResampleEachVoxel(values, slow, Interpolation.Linear, float.NaN);

            for (var n = 0; n < slow.Length; n++)
            {
                Assert.True(MathF.Abs(slow[n] - quick[n]) < 1e-5f || (float.IsNaN(slow[n]) && float.IsNaN(quick[n])), $"{slow[n]} and {quick[n]}, {source} onto {target}");
            }
        });
    }

    [Fact]
    public void The_source_box_alone_gives_what_the_whole_source_gives()
    {
        Seeded.ForAll(random =>
        {
            var source = Samples.Geometry(random, Samples.Size(random, 14));
            var target = new VolumeGeometry(
                Samples.Size(random, 5), new Spacing(0.4, 0.6, 0.5), Samples.Direction(random), source.ToLps(new VoxelPoint(6, 6, 6)));
            var values = Enumerable.Range(0, (int)source.Size.VoxelCount).Select(_ => (float)random.NextDouble()).ToArray();
            var box = new GridResampler(source, target).SourceBox;
            var whole = new float[target.Size.VoxelCount];
            new GridResampler(source, target).Resample(values, whole, Interpolation.Linear, -1);
            if (box.IsEmpty)
            {
                Assert.All(whole, value => Assert.Equal(-1, value));
                return;
            }

            var part = new float[target.Size.VoxelCount];
            new GridResampler(source.Crop(box), target).Resample(Crop(values, source.Size, box), part, Interpolation.Linear, -1);

            Assert.All(whole.Zip(part), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        });
    }

    [Fact]
    public void A_grid_far_away_reads_nothing_but_the_outside_value()
    {
        var source = VolumeGeometry.AxisAligned(new VolumeSize(4, 4, 4), new Spacing(1, 1, 1));
        var target = new VolumeGeometry(source.Size, source.Spacing, source.Direction, new LpsPoint(1e12, 0, 0));
        var resampled = new float[64];

        new GridResampler(source, target).Resample(new float[64], resampled, Interpolation.Linear, 5);

        Assert.True(new GridResampler(source, target).SourceBox.IsEmpty);
        Assert.All(resampled, value => Assert.Equal(5, value));
        Assert.Throws<ResamplingException>(() => new GridResampler(source, target).Resample(new float[63], resampled, Interpolation.Linear, 5));
    }

    private static float[] Field(VolumeGeometry geometry, LpsVector slope)
    {
        var values = new float[geometry.Size.VoxelCount];
        ForEachVoxel(geometry.Size, (voxel, at) => values[at] = (float)Value(geometry.ToLps(voxel), slope));
        return values;
    }

    private static double Value(LpsPoint point, LpsVector slope) => (point - default(LpsPoint)).Dot(slope);

    private static bool IsBetweenCentres(VoxelPoint place, VolumeSize size) =>
        place.I >= 0 && place.I <= size.I - 1 && place.J >= 0 && place.J <= size.J - 1 && place.K >= 0 && place.K <= size.K - 1;

    private static float[] Crop(float[] values, VolumeSize size, VoxelBox box)
    {
        var crop = new float[box.VoxelCount];
        ForEachVoxel(box.Size, (voxel, at) =>
            crop[at] = values[(((((voxel.K + box.Lower.K) * size.J) + voxel.J + box.Lower.J) * size.I) + voxel.I + box.Lower.I)]);
        return crop;
    }

    private static void ForEachVoxel(VolumeSize size, Action<Ijk, int> visit)
    {
        for (var at = 0; at < size.VoxelCount; at++)
        {
            visit(new Ijk(at % size.I, at / size.I % size.J, at / size.I / size.J), at);
        }
    }
}
