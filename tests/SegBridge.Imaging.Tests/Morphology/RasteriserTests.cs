using SegBridge.Imaging.Morphology;

namespace SegBridge.Imaging.Tests.Morphology;

public sealed class RasteriserTests
{
    private const int Rows = 24;
    private const int Columns = 31;

    [Fact]
    public void A_brush_stroke_holds_exactly_the_pixels_within_its_radius()
    {
        Seeded.ForAll(random =>
        {
            var points = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Point(random)).ToArray();
            var radius = 0.6 + (random.NextDouble() * 5);
            var map = new byte[Rows * Columns];

            Rasteriser.Polyline(map, Rows, Columns, points, radius);

            for (var at = 0; at < map.Length; at++)
            {
                var distance = Distance(points, at / Columns, at % Columns);
                if (Math.Abs(distance - radius) > 1e-9)
                {
                    Assert.Equal(distance < radius, map[at] != 0);
                }
            }
        });
    }

    [Fact]
    public void A_thin_line_is_unbroken_ends_at_its_ends_and_is_one_pixel_wide()
    {
        Seeded.ForAll(random =>
        {
            var from = new PixelPoint(random.Next(Rows), random.Next(Columns));
            var to = new PixelPoint(random.Next(Rows), random.Next(Columns));
            var map = new byte[Rows * Columns];

            Rasteriser.Line(map, Rows, Columns, from, to);

            var length = Math.Max(Math.Abs(from.Row - to.Row), Math.Abs(from.Column - to.Column)) + 1;
            Assert.Equal(length, map.Count(pixel => pixel != 0));
            Assert.Equal((1, 1), (map[((int)from.Row * Columns) + (int)from.Column], map[((int)to.Row * Columns) + (int)to.Column]));
            Assert.Single(ConnectedComponents.Label(map, Rows, Columns, new int[map.Length]));
        });
    }

    [Fact]
    public void A_polygon_holds_the_pixels_that_a_ray_leaves_an_odd_number_of_times()
    {
        Seeded.ForAll(random =>
        {
            var points = Enumerable.Range(0, random.Next(3, 9)).Select(_ => Point(random)).ToArray();
            var map = new byte[Rows * Columns];

            Rasteriser.Polygon(map, Rows, Columns, points);

            for (var at = 0; at < map.Length; at++)
            {
                Assert.Equal(IsInside(points, at / Columns, at % Columns), map[at] != 0);
            }
        });
    }

    [Fact]
    public void Two_polygons_that_share_an_edge_neither_overlap_nor_leave_a_gap()
    {
        var map = new byte[10 * 10];
        var (left, right) = (map.ToArray(), map.ToArray());
        Rasteriser.Polygon(map, 10, 10, [new(1, 1), new(1, 8), new(8, 8), new(8, 1)]);
        Rasteriser.Polygon(left, 10, 10, [new(1, 1), new(1, 5), new(8, 3), new(8, 1)]);
        Rasteriser.Polygon(right, 10, 10, [new(1, 5), new(1, 8), new(8, 8), new(8, 3)]);

        Assert.Equal(map.Select(pixel => (int)pixel), left.Zip(right, (a, b) => a + b));
        Assert.Equal(49, map.Sum(pixel => pixel));
    }

    [Fact]
    public void Shapes_far_larger_than_the_map_are_cut_to_it()
    {
        var map = new byte[Rows * Columns];

        Rasteriser.Line(map, Rows, Columns, new PixelPoint(5, -1e15), new PixelPoint(5, 1e15));
        Assert.Equal(Columns, map.Sum(pixel => pixel));
        Rasteriser.Polygon(map, Rows, Columns, [new(-1e15, -1e15), new(-1e15, 1e15), new(1e15, 1e15), new(1e15, -1e15)]);
        Assert.Equal(map.Length, map.Sum(pixel => pixel));
        Rasteriser.Disc(map, Rows, Columns, new PixelPoint(1e9, 1e9), 3, value: 0);
        Assert.Equal(map.Length, map.Sum(pixel => pixel));
        Rasteriser.Disc(map, Rows, Columns, default, 1e12, value: 0);
        Assert.Equal(0, map.Sum(pixel => pixel));
    }

    [Fact]
    public void Points_that_are_nowhere_and_shapes_of_too_few_points_are_refused()
    {
        var map = new byte[Rows * Columns];

        Assert.Throws<MorphologyException>(() => Rasteriser.Disc(map, Rows, Columns, new PixelPoint(double.NaN, 0), 3));
        Assert.Throws<MorphologyException>(() => Rasteriser.Disc(map, Rows, Columns, default, -1));
        Assert.Throws<MorphologyException>(() => Rasteriser.Line(map, Rows, Columns, default, default, double.NaN));
        Assert.Throws<MorphologyException>(() => Rasteriser.Polyline(map, Rows, Columns, [], 3));
        Assert.Throws<MorphologyException>(() => Rasteriser.Polygon(map, Rows, Columns, [default, default]));
        Assert.Throws<MorphologyException>(() => Rasteriser.Polygon(map, Rows, Columns + 1, [default, default, default]));
    }

    private static PixelPoint Point(Random random) =>
        new((random.NextDouble() * (Rows + 10)) - 5, (random.NextDouble() * (Columns + 10)) - 5);

    private static double Distance(PixelPoint[] points, double row, double column)
    {
        var nearest = Math.Sqrt(Math.Pow(row - points[0].Row, 2) + Math.Pow(column - points[0].Column, 2));
        foreach (var (a, b) in points.Zip(points.Skip(1)))
        {
            var (dr, dc) = (b.Row - a.Row, b.Column - a.Column);
            var part = Math.Clamp((((row - a.Row) * dr) + ((column - a.Column) * dc)) / ((dr * dr) + (dc * dc)), 0, 1);
            nearest = Math.Min(nearest, Math.Sqrt(Math.Pow(row - a.Row - (part * dr), 2) + Math.Pow(column - a.Column - (part * dc), 2)));
        }

        return nearest;
    }

    private static bool IsInside(PixelPoint[] points, double row, double column)
    {
        var inside = false;
        for (var (n, last) = (0, points.Length - 1); n < points.Length; last = n++)
        {
            var (a, b) = (points[n], points[last]);
            if ((a.Row > row) != (b.Row > row) && column < a.Column + ((row - a.Row) / (b.Row - a.Row) * (b.Column - a.Column)))
            {
                inside = !inside;
            }
        }

        return inside;
    }
}
