using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Tests.Geometry;

public sealed class SlicePlaneTests
{
    private static readonly VolumeSize Size = new(4, 5, 6);

    [Theory]
    [InlineData(Axis.K, 5, 4)]
    [InlineData(Axis.J, 6, 4)]
    [InlineData(Axis.I, 6, 5)]
    public void Rows_and_columns_follow_the_fixed_layout(Axis axis, int rows, int columns) =>
        Assert.Equal((rows, columns), new SlicePlane(axis, 2).ShapeIn(Size));

    [Fact]
    public void Pixels_and_voxels_of_a_slice_lead_to_each_other_in_the_order_of_its_box()
    {
        foreach (var axis in Enum.GetValues<Axis>())
        {
            var plane = new SlicePlane(axis, 3);
            var (rows, columns) = plane.ShapeIn(Size);
            var box = plane.BoxIn(Size);
            var ordered = from k in Enumerable.Range(box.Lower.K, box.Size.K)
                          from j in Enumerable.Range(box.Lower.J, box.Size.J)
                          from i in Enumerable.Range(box.Lower.I, box.Size.I)
                          select new Ijk(i, j, k);
            var pixels = from row in Enumerable.Range(0, rows)
                         from column in Enumerable.Range(0, columns)
                         select (row, column);

            Assert.Equal(ordered, pixels.Select(p => plane.VoxelAt(p.row, p.column)));
            Assert.All(pixels, p => Assert.Equal(p, plane.PixelOf(plane.VoxelAt(p.row, p.column))));
        }
    }

    [Theory]
    [InlineData(Axis.I, 4)]
    [InlineData(Axis.J, -1)]
    [InlineData((Axis)7, 0)]
    public void A_slice_outside_the_volume_is_refused(Axis axis, int index) =>
        Assert.Throws<GeometryException>(() => new SlicePlane(axis, index).BoxIn(Size));
}
