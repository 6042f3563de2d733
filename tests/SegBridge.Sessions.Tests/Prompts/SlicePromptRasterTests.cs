using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Prompts;

public sealed class SlicePromptRasterTests
{
    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new VolumeSize(20, 16, 12), new Spacing(1, 2, 4));

    [Fact]
    public void A_brush_is_round_in_millimetres()
    {
        var stroke = new StrokePrompt(Polarity.Positive, [new VoxelPoint(10, 8, 6)], 4);

        var across = SlicePromptRaster.Draw([stroke], new SlicePlane(Axis.K, 6), Geometry).PositiveScribble!;
        var along = SlicePromptRaster.Draw([stroke], new SlicePlane(Axis.I, 10), Geometry).PositiveScribble!;

        // Axis K: rows j of 2 mm, columns i of 1 mm. Axis I: rows k of 4 mm, columns j of 2 mm.
        Assert.Equal((5, 9), ExtentOf(across, 16, 20));
        Assert.Equal((3, 5), ExtentOf(along, 12, 16));
    }

    [Fact]
    public void A_stroke_without_radius_is_one_voxel_wide()
    {
        var stroke = new StrokePrompt(Polarity.Negative, [new VoxelPoint(3, 4, 6), new VoxelPoint(9, 4, 6)], 0);

        var map = SlicePromptRaster.Draw([stroke], new SlicePlane(Axis.K, 6), Geometry).NegativeScribble!;

        Assert.Equal(7, map.Count(value => value != 0));
        Assert.Equal((1, 7), ExtentOf(map, 16, 20));
    }

    [Fact]
    public void A_box_becomes_its_section_with_the_slice()
    {
        var box = new BoxPrompt(new VoxelBox(new Ijk(2, 3, 4), new Ijk(7, 30, 9)));

        var section = Assert.Single(SlicePromptRaster.Draw([box], new SlicePlane(Axis.J, 5), Geometry).Boxes);

        Assert.Equal((4, 2, 9, 7), (section.Row0, section.Column0, section.Row1, section.Column1));
        Assert.Throws<InvalidRequestException>(() => SlicePromptRaster.Draw([box], new SlicePlane(Axis.K, 9), Geometry));
    }

    [Fact]
    public void A_lasso_covers_its_inside()
    {
        var lasso = new LassoPrompt(Polarity.Positive, [new VoxelPoint(2, 2, 6), new VoxelPoint(12, 2, 6), new VoxelPoint(12, 10, 6), new VoxelPoint(2, 10, 6)]);

        var map = SlicePromptRaster.Draw([lasso], new SlicePlane(Axis.K, 6), Geometry).PositiveScribble!;

        Assert.NotEqual(0, map[(6 * 20) + 7]);
        Assert.InRange(map.Count(value => value != 0), 8 * 10, 9 * 11);
    }

    [Theory]
    [InlineData(-0.5, -0.5, 0, 0)]
    [InlineData(19.5, 15.5, 15, 19)]
    [InlineData(3.4, 7.6, 8, 3)]
    public void A_click_means_the_voxel_it_is_in(double i, double j, int row, int column)
    {
        var click = new PointPrompt(Polarity.Positive, new VoxelPoint(i, j, 6));

        var point = Assert.Single(SlicePromptRaster.Draw([click], new SlicePlane(Axis.K, 6), Geometry).Points);

        Assert.Equal((row, column), (point.Row, point.Column));
    }

    private static (int Rows, int Columns) ExtentOf(byte[] map, int rows, int columns)
    {
        var set = Enumerable.Range(0, rows * columns).Where(n => map[n] != 0).ToArray();
        return (
            set.Max(n => n / columns) - set.Min(n => n / columns) + 1,
            set.Max(n => n % columns) - set.Min(n => n % columns) + 1);
    }
}
