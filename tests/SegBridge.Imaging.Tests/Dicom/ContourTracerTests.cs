using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Polygons around voxels: few points, holes by keyholes, and exactly the voxels when filled.</summary>
public sealed class ContourTracerTests
{
    [Fact]
    public void A_rectangle_is_four_corners_on_the_edges_of_its_voxels()
    {
        var polygon = Assert.Single(Trace("....", ".##.", ".##.", ".##."));
        Assert.Equal([new(0.5, 0.5), new(0.5, 2.5), new(3.5, 2.5), new(3.5, 0.5)], polygon.OrderBy(point => (point.Row, point.Row < 2 ? point.Column : -point.Column)).ToArray());
    }

    [Theory]
    [InlineData(2, "#.", ".#")]
    [InlineData(1, "###", "#.#", "###")]
    [InlineData(1, "####", "#.##", "##.#", "####")]
    [InlineData(2, "#####", "#...#", "#.#.#", "#...#", "#####")]
    [InlineData(1, "#######", "#.#.#.#", "#######", "#..#..#", "#######")]
    [InlineData(1, "###", "#..", "###")]
    public void Touching_corners_part_polygons_and_holes_do_not(int polygons, params string[] rows) => Assert.Equal(polygons, Trace(rows).Count);

    [Fact]
    public void Filling_the_polygons_gives_the_voxels_again()
    {
        Seeded.ForAll(
            random =>
            {
                var (rows, columns, density) = (random.Next(1, 25), random.Next(1, 25), random.Next(20, 95));
                var box = VoxelBox.At(new Ijk(random.Next(9), random.Next(9), 4), new VolumeSize(columns, rows, 1));
                var voxels = Enumerable.Range(0, rows * columns).Select(_ => (byte)(random.Next(100) < density ? 1 : 0)).ToArray();
                var filled = new byte[40 * 40];
                foreach (var polygon in ContourTracer.Trace(BitBlock.FromVoxels(box, voxels)))
                {
                    var one = new byte[filled.Length];
                    Rasteriser.Polygon(one, 40, 40, polygon);
                    for (var n = 0; n < one.Length; n++)
                    {
                        // Polygons of one slice never overlap.
                        Assert.False(one[n] == 1 && filled[n] == 1);
                        filled[n] |= one[n];
                    }
                }

                for (var n = 0; n < filled.Length; n++)
                {
                    var (j, i) = Math.DivRem(n, 40);
                    var voxel = new Ijk(i, j, 4);
                    Assert.Equal(box.Contains(voxel) && voxels[((j - box.Lower.J) * columns) + i - box.Lower.I] != 0, filled[n] != 0);
                }
            },
            cases: 200);
    }

    private static List<PixelPoint[]> Trace(params string[] rows) => ContourTracer.Trace(BitBlock.FromVoxels(
        new VoxelBox(new Ijk(0, 0, 0), new Ijk(rows[0].Length, rows.Length, 1)),
        [.. rows.SelectMany(row => row.Select(mark => (byte)(mark == '#' ? 1 : 0)))]));
}
