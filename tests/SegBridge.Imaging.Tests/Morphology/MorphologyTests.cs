using SegBridge.Imaging.Morphology;

namespace SegBridge.Imaging.Tests.Morphology;

public sealed class MorphologyTests
{
    [Fact]
    public void Distances_are_those_to_the_nearest_background_pixel_of_all()
    {
        Seeded.ForAll(random =>
        {
            var (map, rows, columns) = Map(random);
            var distances = new float[map.Length];

            DistanceTransform.Of(map, rows, columns, distances);

            for (var at = 0; at < map.Length; at++)
            {
                var nearest = float.PositiveInfinity;
                for (var other = 0; other < map.Length; other++)
                {
                    var (dr, dc) = ((other / columns) - (at / columns), (other % columns) - (at % columns));
                    nearest = map[other] == 0 ? MathF.Min(nearest, MathF.Sqrt((dr * dr) + (dc * dc))) : nearest;
                }

                Assert.Equal(nearest, distances[at], 1e-5f);
            }
        });
    }

    [Fact]
    public void The_deepest_pixel_of_a_disc_is_its_middle_and_the_border_of_the_map_is_no_edge()
    {
        var map = new byte[40 * 50];
        Rasteriser.Disc(map, 40, 50, new PixelPoint(0, 20), 12);
        var disc = new byte[40 * 50];
        Rasteriser.Disc(disc, 40, 50, new PixelPoint(21, 31), 8);

        Assert.Equal((0, 20), DistanceTransform.Deepest(map, 40, 50));
        Assert.Equal((21, 31), DistanceTransform.Deepest(disc, 40, 50));
        Assert.Null(DistanceTransform.Deepest(new byte[12], 3, 4));
        Assert.Equal((1, 2), DistanceTransform.Deepest(Enumerable.Repeat((byte)1, 12).ToArray(), 3, 4));
    }

    [Fact]
    public void Components_are_what_a_flood_from_each_pixel_reaches()
    {
        Seeded.ForAll(random =>
        {
            var (map, rows, columns) = Map(random);
            var labels = new int[map.Length];

            var components = ConnectedComponents.Label(map, rows, columns, labels);

            Assert.Equal(Flood(map, rows, columns), labels);
            Assert.Equal(Enumerable.Range(1, components.Count), components.Select(component => component.Label));
            Assert.All(components, component => AssertIs(component, labels, columns));
        });
    }

    [Fact]
    public void The_largest_component_is_kept_alone()
    {
        byte[] map =
        [
            1, 0, 0, 1,
            1, 0, 1, 0,
            0, 0, 0, 1,
        ];

        Assert.Equal([0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1], ConnectedComponents.Largest(map, 3, 4));
        Assert.All(ConnectedComponents.Largest(new byte[12], 3, 4), pixel => Assert.Equal(0, pixel));
    }

    [Fact]
    public void Thinning_follows_the_published_rules_pixel_by_pixel()
    {
        Seeded.ForAll(random =>
        {
            var (map, rows, columns) = Map(random);
            var expected = ByTheBook(map, rows, columns);

            ZhangSuen.Thin(map, rows, columns);

            Assert.Equal(expected, map);
        });
    }

    [Fact]
    public void A_thick_brush_stroke_thins_to_one_line_that_stays_inside_it()
    {
        var stroke = new byte[60 * 80];
        Rasteriser.Polyline(stroke, 60, 80, [new(10, 10), new(30, 40), new(20, 70)], 4);
        var line = stroke.ToArray();

        ZhangSuen.Thin(line, 60, 80);

        var labels = new int[line.Length];
        Assert.Single(ConnectedComponents.Label(line, 60, 80, labels));
        Assert.All(line.Zip(stroke), pair => Assert.True(pair.First <= pair.Second));
        Assert.InRange(line.Count(pixel => pixel != 0), 50, 90);
    }

    [Fact]
    public void A_map_of_another_length_is_refused()
    {
        Assert.Throws<MorphologyException>(() => DistanceTransform.Of(new byte[5], 2, 3, new float[6]));
        Assert.Throws<MorphologyException>(() => ZhangSuen.Thin(new byte[6], 0, 6));
        Assert.Throws<MorphologyException>(() => ConnectedComponents.Label(new byte[6], 2, 3, new int[5]));
    }

    private static (byte[] Map, int Rows, int Columns) Map(Random random)
    {
        var (rows, columns) = (random.Next(1, 25), random.Next(1, 25));
        var map = new byte[rows * columns];
        // Blobs half of the time, noise otherwise.
        if (random.Next(2) == 0)
        {
            for (var blob = random.Next(5); blob >= 0; blob--)
            {
                Rasteriser.Disc(map, rows, columns, new PixelPoint(random.Next(rows), random.Next(columns)), random.NextDouble() * 7, (byte)random.Next(1, 256));
            }
        }
        else
        {
            var share = random.NextDouble();
            for (var at = 0; at < map.Length; at++)
            {
                map[at] = random.NextDouble() < share ? (byte)1 : (byte)0;
            }
        }

        return (map, rows, columns);
    }

    private static int[] Flood(byte[] map, int rows, int columns)
    {
        var (labels, next) = (new int[map.Length], 0);
        for (var start = 0; start < map.Length; start++)
        {
            if (map[start] == 0 || labels[start] != 0)
            {
                continue;
            }

            next++;
            var open = new Stack<int>([start]);
            while (open.TryPop(out var at))
            {
                if (map[at] == 0 || labels[at] != 0)
                {
                    continue;
                }

                labels[at] = next;
                for (var row = Math.Max(0, (at / columns) - 1); row <= Math.Min(rows - 1, (at / columns) + 1); row++)
                {
                    for (var column = Math.Max(0, (at % columns) - 1); column <= Math.Min(columns - 1, (at % columns) + 1); column++)
                    {
                        open.Push((row * columns) + column);
                    }
                }
            }
        }

        return labels;
    }

    private static void AssertIs(Component component, int[] labels, int columns)
    {
        var pixels = Enumerable.Range(0, labels.Length).Where(at => labels[at] == component.Label).ToList();
        Assert.Equal(pixels.Count, component.Area);
        Assert.Equal(pixels.Min(at => at / columns), component.FirstRow);
        Assert.Equal(pixels.Max(at => at / columns) + 1, component.EndRow);
        Assert.Equal(pixels.Min(at => at % columns), component.FirstColumn);
        Assert.Equal(pixels.Max(at => at % columns) + 1, component.EndColumn);
    }

    // The algorithm as printed: P2..P9 clockwise from north, A(P1) the 0→1 steps around, B(P1) the neighbours set.
    private static byte[] ByTheBook(byte[] map, int rows, int columns)
    {
        var now = map.ToArray();
        bool P(int row, int column) => row >= 0 && row < rows && column >= 0 && column < columns && now[(row * columns) + column] != 0;
        for (var (step, quiet) = (0, 0); quiet < 2; step ^= 1)
        {
            var going = new List<int>();
            for (var at = 0; at < now.Length; at++)
            {
                var (r, c) = (at / columns, at % columns);
                bool[] p = [P(r - 1, c), P(r - 1, c + 1), P(r, c + 1), P(r + 1, c + 1), P(r + 1, c), P(r + 1, c - 1), P(r, c - 1), P(r - 1, c - 1)];
                var (p2, p4, p6, p8) = (p[0], p[2], p[4], p[6]);
                var b = p.Count(x => x);
                var a = Enumerable.Range(0, 8).Count(n => !p[n] && p[(n + 1) % 8]);
                var open = step == 0 ? !(p2 && p4 && p6) && !(p4 && p6 && p8) : !(p2 && p4 && p8) && !(p2 && p6 && p8);
                if (P(r, c) && b >= 2 && b <= 6 && a == 1 && open)
                {
                    going.Add(at);
                }
            }

            going.ForEach(at => now[at] = 0);
            quiet = going.Count == 0 ? quiet + 1 : 0;
        }

        return now;
    }
}
