using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Prompts;

public class VolumePromptRasterTests
{
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new VolumeSize(20, 18, 16), new Spacing(1, 1, 2));

    [Fact]
    public void Points_boxes_and_scribbles_keep_their_places()
    {
        var voxels = new BitBlock(new VoxelBox(new Ijk(3, 4, 5), new Ijk(14, 6, 7))) { [new Ijk(3, 4, 5)] = true, [new Ijk(12, 5, 6)] = true };

        var drawn = VolumePromptRaster.Draw(
            [
                new PointPrompt(Polarity.Negative, new VoxelPoint(1.5, 2, 3)),
                new BoxPrompt(new VoxelBox(new Ijk(-4, 2, 2), new Ijk(9, 99, 5))),
                new ScribblePrompt(Polarity.Positive, voxels),
            ],
            Geometry);

        Assert.Equal([(new VoxelPoint(1.5, 2, 3), Polarity.Negative)], drawn.Points);
        Assert.Equal(new VoxelBox(new Ijk(0, 2, 2), new Ijk(9, 18, 5)), drawn.Box);
        Assert.Equal([(new Ijk(3, 4, 5), Polarity.Positive), (new Ijk(12, 5, 6), Polarity.Positive)], drawn.Strokes);
        Assert.Equal(new PromptMark(new Ijk(2, 2, 3), Polarity.Negative, IsArea: false), drawn.Marks[0]);
        Assert.Equal(new VoxelBox(new Ijk(2, 2, 3), new Ijk(13, 6, 7)), drawn.Extent);
    }

    [Theory]
    [InlineData(Axis.I)]
    [InlineData(Axis.J)]
    [InlineData(Axis.K)]
    public void A_stroke_on_a_slice_of_any_axis_stays_on_it(Axis axis)
    {
        VoxelPoint At(double along) => axis switch
        {
            Axis.I => new VoxelPoint(7, along, along),
            Axis.J => new VoxelPoint(along, 7, along),
            _ => new VoxelPoint(along, along, 7),
        };

        var drawn = Voxels(new StrokePrompt(Polarity.Negative, [At(4), At(9)], 1.1));

        Assert.All(drawn, voxel => Assert.Equal(7, voxel[axis]));
        Assert.Contains(At(4).Nearest(), drawn);
        Assert.Contains(At(9).Nearest(), drawn);
        Assert.True(drawn.Count > 6, "a brush of 1.1 mm covers more than the line");
    }

    [Fact]
    public void A_stroke_through_slices_is_a_tube_of_the_brush_radius()
    {
        VoxelPoint[] path = [new(4, 4, 3), new(10, 12, 9)];

        var drawn = Voxels(new StrokePrompt(Polarity.Positive, path, 2));

        Assert.Contains(new Ijk(7, 8, 6), drawn);
        // Exact distance of a voxel to the segment in mm; the sampled tube may fall short by a quarter voxel.
        foreach (var voxel in AllOf(Geometry.Size))
        {
            var distance = DistanceMm(voxel, path[0], path[1]);
            Assert.True(distance > 1.7 || drawn.Contains(voxel), $"{voxel} at {distance} mm is missing");
            Assert.True(distance <= 2 + 1e-9 || !drawn.Contains(voxel) || distance < 1.3, $"{voxel} at {distance} mm is too far");
        }
    }

    [Fact]
    public void A_tube_at_the_edge_ends_with_the_volume()
    {
        var drawn = Voxels(new StrokePrompt(Polarity.Positive, [new(0, 0, 0), new(19, 17, 15)], 3));

        Assert.All(drawn, voxel => Assert.True(Geometry.Bounds.Contains(voxel)));
    }

    [Fact]
    public void A_brush_far_wider_than_the_volume_is_drawn_at_once()
    {
        // 20,000 voxels of radius: a ball of 3 · 10^13 voxels, of which the volume has a few thousand.
        var fine = VolumeGeometry.AxisAligned(Geometry.Size, new Spacing(0.005, 0.005, 0.005));

        var drawn = VolumePromptRaster.Draw([new StrokePrompt(Polarity.Positive, [new(0, 0, 0), new(19, 17, 15)], 100)], fine);

        Assert.Equal(AllOf(Geometry.Size).ToHashSet(), drawn.Strokes.Select(stroke => stroke.Voxel).ToHashSet());
        Assert.Equal(Geometry.Bounds.VoxelCount, drawn.Strokes.Count);
    }

    [Fact]
    public void A_stroke_that_comes_back_to_a_row_names_each_voxel_once()
    {
        var drawn = VolumePromptRaster.Draw(
            [new StrokePrompt(Polarity.Positive, [new(2, 4, 3), new(15, 4, 3), new(8, 4, 9), new(8, 4, 3), new(1, 4, 3)], 2)], Geometry);

        Assert.Equal(drawn.Strokes.Count, drawn.Strokes.Distinct().Count());
    }

    [Fact]
    public void A_tube_of_more_voxels_than_a_scribble_may_have_is_refused_with_what_to_do()
    {
        var large = VolumeGeometry.AxisAligned(new VolumeSize(200, 200, 200), new Spacing(1, 1, 1));

        var refused = Assert.Throws<InvalidRequestException>(
            () => VolumePromptRaster.Draw([new StrokePrompt(Polarity.Positive, [new(90, 90, 90), new(110, 110, 110)], 100)], large));

        Assert.Contains("radius_mm", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lasso_counts_as_a_stroke_over_its_inside()
    {
        VoxelPoint[] outline = [new(3, 3, 6), new(9, 3, 6), new(9, 8, 6), new(3, 8, 6)];

        var drawn = Voxels(new LassoPrompt(Polarity.Positive, outline));

        Assert.Contains(new Ijk(6, 5, 6), drawn);
        Assert.DoesNotContain(new Ijk(12, 5, 6), drawn);
        Assert.All(drawn, voxel => Assert.Equal(6, voxel.K));
    }

    private static HashSet<Ijk> Voxels(Prompt prompt)
    {
        var strokes = VolumePromptRaster.Draw([prompt], Geometry).Strokes;
        Assert.Single(strokes.Select(stroke => stroke.Polarity).Distinct());
        return [.. strokes.Select(stroke => stroke.Voxel)];
    }

    private static IEnumerable<Ijk> AllOf(VolumeSize size) =>
        from k in Enumerable.Range(0, size.K)
        from j in Enumerable.Range(0, size.J)
        from i in Enumerable.Range(0, size.I)
        select new Ijk(i, j, k);

    private static double DistanceMm(Ijk voxel, VoxelPoint from, VoxelPoint to)
    {
        var spacing = Geometry.Spacing;
        var (ax, ay, az) = ((to.I - from.I) * spacing.I, (to.J - from.J) * spacing.J, (to.K - from.K) * spacing.K);
        var (px, py, pz) = ((voxel.I - from.I) * spacing.I, (voxel.J - from.J) * spacing.J, (voxel.K - from.K) * spacing.K);
        var t = Math.Clamp(((ax * px) + (ay * py) + (az * pz)) / ((ax * ax) + (ay * ay) + (az * az)), 0, 1);
        var (dx, dy, dz) = (px - (t * ax), py - (t * ay), pz - (t * az));
        return Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
    }
}
