using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Segment;

/// <summary>Reads the prompts of <c>segbridge segment</c> and places them in the voxels of a volume.</summary>
internal sealed class PromptsFile
{
    /// <summary>What the help says about the format.</summary>
    public const string Format = """
        The prompts file (JSON; // comments are fine):
          {
            "space": "ijk",                        // or "lps", "ras" in mm; [i, j, k] are voxel indices from 0
            "steps": [
              {
                "segment": "1",                    // the object; several make a label each, in this order
                "slice": {"axis": "k", "index": 12},
                "points": [{"at": [80, 71, 12], "positive": true}],
                "boxes": [{"lower": [60, 50, 12], "upper": [101, 90, 13]}],   // ijk: upper is one past the last voxel
                "scribbles": [{"positive": false, "path": [[20, 30, 12], [28, 41, 12]], "radius_mm": 1.0}],
                "lassos": [{"positive": true, "outline": [[60, 50, 12], [90, 50, 12], [75, 80, 12]]}]
              }
            ]
          }
          Every list may be left out; "positive" is true unless said otherwise. Steps are played one after the other.
        """;

    private readonly VolumeGeometry _geometry;
    private readonly string _space;

    private PromptsFile(VolumeGeometry geometry, string space)
    {
        (_geometry, _space) = (geometry, space);
    }

    /// <exception cref="UserException">The file cannot be read, or something in it is not as it must be.</exception>
    public static IReadOnlyList<PromptStep> Read(string path, VolumeGeometry geometry)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--prompts: {error.Message}", cause: error);
        }

        try
        {
            return Parse(text, geometry);
        }
        catch (UserException error)
        {
            throw new UserException($"{Path.GetFileName(path)}: {error.Message}", cause: error);
        }
    }

    /// <exception cref="UserException">Something in the text is not as it must be; the message names the place.</exception>
    public static IReadOnlyList<PromptStep> Parse(string text, VolumeGeometry geometry)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException error)
        {
            throw new UserException(
                FormattableString.Invariant($"not JSON at line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}"), cause: error);
        }

        using (document)
        {
            var root = new JsonPlace(document.RootElement, "the file").RequireObject("space", "steps");
            root = root with { Path = "" };
            var space = root.Required("space").Text("ijk", "lps", "ras");
            var file = new PromptsFile(geometry, space);
            var steps = root.Required("steps").Elements().Select(file.StepOf).ToArray();
            return steps.Length > 0 ? steps : throw new UserException("steps must have at least one step");
        }
    }

    private PromptStep StepOf(JsonPlace place)
    {
        place.RequireObject("segment", "slice", "points", "boxes", "scribbles", "lassos");
        var segment = place.Optional("segment")?.Text() ?? "1";
        if (segment.Length is < 1 or > 64 || !segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new UserException($"{place.Path}.segment must be 1..64 characters of A-Z a-z 0-9 . _ -, got \"{segment}\"");
        }

        var step = new PromptStep(
            segment,
            place.Optional("slice") is { } slice ? SliceOf(slice) : null,
            [.. place.List("points").Select(PointOf)],
            [.. place.List("boxes").Select(BoxOf)],
            [.. place.List("scribbles").Select(ScribbleOf)],
            [.. place.List("lassos").Select(LassoOf)]);
        return step.Count > 0 ? step : throw new UserException($"{place.Path} must have a point, a box, a scribble or a lasso");
    }

    private SlicePlane SliceOf(JsonPlace place)
    {
        place.RequireObject("axis", "index");
        var axis = place.Required("axis").Text("i", "j", "k") switch { "i" => Axis.I, "j" => Axis.J, _ => Axis.K };
        var index = place.Required("index");
        var value = index.WholeNumber();
        return value >= 0 && value < _geometry.Size[axis]
            ? new SlicePlane(axis, value)
            : throw index.Wrong(FormattableString.Invariant($"0..{_geometry.Size[axis] - 1}, the slices of this volume across {axis}"));
    }

    private PointMark PointOf(JsonPlace place)
    {
        place.RequireObject("at", "positive");
        return new PointMark(VoxelOf(place.Required("at"), mustBeInside: true), IsPositive(place));
    }

    private VoxelBox BoxOf(JsonPlace place)
    {
        place.RequireObject("lower", "upper");
        var (lower, upper) = (place.Required("lower"), place.Required("upper"));
        var box = _space == "ijk"
            ? new VoxelBox(WholeVoxelOf(lower), WholeVoxelOf(upper))
            : Enclosing(VoxelOf(lower).Nearest(), VoxelOf(upper).Nearest());
        box = box.Intersect(_geometry.Bounds);
        return box.IsEmpty
            ? throw new UserException($"{place.Path} must hold a voxel of the {_geometry.Size} volume; in ijk upper is one past the last voxel")
            : box;
    }

    private ScribbleMark ScribbleOf(JsonPlace place)
    {
        place.RequireObject("positive", "path", "radius_mm");
        var radius = place.Optional("radius_mm");
        var mm = radius?.Number() ?? 0;
        return mm is >= 0 and <= 100
            ? new ScribbleMark(PathOf(place.Required("path"), 1), mm, IsPositive(place))
            : throw radius!.Value.Wrong("0..100 mm");
    }

    private LassoMark LassoOf(JsonPlace place)
    {
        place.RequireObject("positive", "outline");
        return new LassoMark(PathOf(place.Required("outline"), 3), IsPositive(place));
    }

    private VoxelPoint[] PathOf(JsonPlace place, int least)
    {
        var points = place.Elements().Select(point => VoxelOf(point)).ToArray();
        return points.Length >= least
            ? points
            : throw new UserException(FormattableString.Invariant($"{place.Path} must have at least {least} points, got {points.Length}"));
    }

    private VoxelPoint VoxelOf(JsonPlace place, bool mustBeInside = false)
    {
        var (a, b, c) = place.Triple();
        var voxel = _space switch
        {
            "lps" => _geometry.ToVoxel(new LpsPoint(a, b, c)),
            "ras" => _geometry.ToVoxel(new RasPoint(a, b, c).ToLps()),
            _ => new VoxelPoint(a, b, c),
        };
        return !mustBeInside || _geometry.Size.Contains(voxel.Nearest())
            ? voxel
            : throw place.Wrong($"in the volume of {_geometry.Size} voxels; it is voxel {voxel}");
    }

    private static Ijk WholeVoxelOf(JsonPlace place)
    {
        place.Triple();
        var parts = place.Elements();
        return new Ijk(parts[0].WholeNumber(), parts[1].WholeNumber(), parts[2].WholeNumber());
    }

    private static VoxelBox Enclosing(Ijk a, Ijk b) => VoxelBox.Of(a).Union(VoxelBox.Of(b));

    private static bool IsPositive(JsonPlace place) => place.Optional("positive")?.TrueOrFalse() ?? true;
}
