using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Segment;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Tests.Segment;

public sealed class PromptsFileTests
{
    private static readonly VolumeGeometry Geometry = new(
        new VolumeSize(40, 30, 20),
        new Spacing(0.5, 0.7, 3),
        new Direction(new LpsVector(0, 1, 0), new LpsVector(-1, 0, 0), new LpsVector(0, 0, -1)),
        new LpsPoint(10, -20, 30));

    [Fact]
    public void All_kinds_of_prompts_are_read()
    {
        var step = Assert.Single(PromptsFile.Parse("""
            { // a comment
              "space": "ijk",
              "steps": [{
                "segment": "liver", "slice": {"axis": "k", "index": 12},
                "points": [{"at": [1, 2.5, 12]}, {"at": [3, 4, 12], "positive": false}],
                "boxes": [{"lower": [1, 2, 12], "upper": [5, 6, 13]}],
                "scribbles": [{"positive": false, "path": [[1, 1, 12], [4, 4, 12]], "radius_mm": 1.5}],
                "lassos": [{"outline": [[1, 1, 12], [4, 4, 12], [1, 4, 12]]}],
              }]
            }
            """, Geometry));
        Assert.Equal("liver", step.Segment);
        Assert.Equal(new SlicePlane(Axis.K, 12), step.Slice);
        Assert.Equal([new PointMark(new VoxelPoint(1, 2.5, 12), true), new PointMark(new VoxelPoint(3, 4, 12), false)], step.Points);
        Assert.Equal(new VoxelBox(new Ijk(1, 2, 12), new Ijk(5, 6, 13)), Assert.Single(step.Boxes));
        Assert.Equal(1.5, Assert.Single(step.Scribbles).RadiusMm);
        Assert.Equal(3, Assert.Single(step.Lassos).Outline.Count);
        Assert.Equal(5, step.Count);
    }

    [Fact]
    public void World_points_land_on_the_voxel_they_were_made_from()
    {
        var voxel = new Ijk(7, 11, 3);
        var lps = Geometry.ToLps(voxel);
        var ras = lps.ToRas();
        Assert.Equal(voxel, Read("lps", lps.L, lps.P, lps.S).Nearest());
        Assert.Equal(voxel, Read("ras", ras.R, ras.A, ras.S).Nearest());

        static VoxelPoint Read(string space, double a, double b, double c) => Assert.Single(PromptsFile.Parse(
            FormattableString.Invariant($$"""{"space": "{{space}}", "steps": [{"points": [{"at": [{{a:R}}, {{b:R}}, {{c:R}}]}]}]}"""), Geometry)[0].Points).At;
    }

    [Fact]
    public void A_world_box_holds_the_voxels_of_both_corners_whichever_way_the_axes_run()
    {
        var (a, b) = (Geometry.ToLps(new Ijk(2, 9, 4)), Geometry.ToLps(new Ijk(8, 3, 6)));
        var text = FormattableString.Invariant(
            $$"""{"space": "lps", "steps": [{"boxes": [{"lower": [{{a.L:R}}, {{a.P:R}}, {{a.S:R}}], "upper": [{{b.L:R}}, {{b.P:R}}, {{b.S:R}}]}]}]}""");
        Assert.Equal(new VoxelBox(new Ijk(2, 3, 4), new Ijk(9, 10, 7)), Assert.Single(PromptsFile.Parse(text, Geometry)[0].Boxes));
    }

    [Theory]
    [InlineData("{", "not JSON at line 1")]
    [InlineData("[]", "the file must be an object, got []")]
    [InlineData("""{"steps": []}""", "\"space\"")]
    [InlineData("""{"space": "xyz", "steps": []}""", "space must be one of \"ijk\", \"lps\", \"ras\", got \"xyz\"")]
    [InlineData("""{"space": "ijk", "steps": []}""", "at least one step")]
    [InlineData("""{"space": "ijk", "steps": [{}]}""", "steps[0] must have a point")]
    [InlineData("""{"space": "ijk", "steps": [{"point": []}]}""", "steps[0] has \"point\", which is none of")]
    [InlineData("""{"space": "ijk", "steps": [{"points": {}}]}""", "steps[0].points must be a list, got {}")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2]}]}]}""", "steps[0].points[0].at must be three numbers, got [1, 2]")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2, "3"]}]}]}""", "steps[0].points[0].at[2] must be a number, got \"3\"")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2, 20]}]}]}""", "in the volume of 40×30×20 voxels")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2, 3], "positive": 1}]}]}""", "must be true or false, got 1")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2, 3]}], "slice": {"axis": "k", "index": 20}}]}""", "must be 0..19")]
    [InlineData("""{"space": "ijk", "steps": [{"points": [{"at": [1, 2, 3]}], "slice": {"axis": "z", "index": 1}}]}""", "one of \"i\", \"j\", \"k\", got \"z\"")]
    [InlineData("""{"space": "ijk", "steps": [{"boxes": [{"lower": [1, 2, 3], "upper": [1, 5, 4]}]}]}""", "steps[0].boxes[0] must hold a voxel")]
    [InlineData("""{"space": "ijk", "steps": [{"scribbles": [{"path": []}]}]}""", "at least 1 points, got 0")]
    [InlineData("""{"space": "ijk", "steps": [{"scribbles": [{"path": [[1,2,3]], "radius_mm": 200}]}]}""", "radius_mm must be 0..100 mm, got 200")]
    [InlineData("""{"space": "ijk", "steps": [{"lassos": [{"outline": [[1,2,3],[2,2,3]]}]}]}""", "at least 3 points, got 2")]
    [InlineData("""{"space": "ijk", "steps": [{"segment": "Mr. X", "points": [{"at": [1, 2, 3]}]}]}""", "1..64 characters")]
    public void What_is_wrong_is_said_with_its_place(string text, string message)
    {
        var error = Assert.Throws<UserException>(() => PromptsFile.Parse(text, Geometry));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_help_is_a_prompts_file()
    {
        var example = PromptsFile.Format[PromptsFile.Format.IndexOf('{', StringComparison.Ordinal)..(PromptsFile.Format.LastIndexOf('}') + 1)];
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(160, 160, 20), new Spacing(1, 1, 1));
        var step = Assert.Single(PromptsFile.Parse(example, geometry));
        Assert.Equal(4, step.Count);
    }
}
