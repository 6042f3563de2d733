using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// Size and placement of the volume that a NRRD header describes. The fastest spatial axis is I, the next J, the
/// slowest K; axes that are not spatial (direction "none", or a kind such as list or time) must have size 1.
/// <list type="bullet">
/// <item>A header with space directions must name its space: left-posterior-superior, right-anterior-superior or
/// left-anterior-superior. Another or an unnamed space is refused, since left and right could be mistaken.</item>
/// <item>A header without space directions lies along the axes of its space (LPS where it names none) with its
/// spacings, or 1 mm where it has none, from its space origin, or 0.</item>
/// <item>A two-dimensional image becomes one slice of 1 mm, perpendicular to its two axes.</item>
/// </list>
/// </summary>
internal static class NrrdAxes
{
    private const int MaxDimension = 16;

    public static (VolumeSize Size, GridSteps Steps) Of(NrrdHeader header)
    {
        var dimension = (int)header.Integer("dimension", 1, MaxDimension);
        var sizes = SizesOf(header, dimension);
        var directions = header.PerAxis("space directions", dimension);
        var frame = FrameOf(header, directions is not null);
        var axes = directions is null
            ? AxesByKind(header.PerAxis("kinds", dimension), sizes)
            : [.. Enumerable.Range(0, dimension).Where(axis => directions[axis] != "none")];
        RequireOneVolume(axes, sizes, directions is null ? "kinds" : "space directions");

        var size = GridSteps.SizeOf(sizes[axes[0]], sizes[axes[1]], axes.Count == 3 ? sizes[axes[2]] : 1, "NRRD \"sizes\"");
        var steps = directions is null
            ? FromSpacings(header, dimension, axes, frame)
            : FromDirections(directions, axes, frame);
        var unit = NrrdUnits.Millimetres(header, directions is null ? axes : null, dimension);
        return (size, (steps with { Origin = OriginOf(header, frame) }).InMillimetres(unit));
    }

    private static long[] SizesOf(NrrdHeader header, int dimension)
    {
        header.Required("sizes");
        var words = header.PerAxis("sizes", dimension)!;
        var sizes = new long[dimension];
        for (var axis = 0; axis < dimension; axis++)
        {
            sizes[axis] = long.TryParse(words[axis], out var size) && size > 0
                ? size
                : throw new VolumeFormatException(
                    $"NRRD \"sizes\" must be whole numbers of at least 1, got \"{NrrdText.Quote(words[axis])}\"");
        }

        return sizes;
    }

    private static WorldFrame FrameOf(NrrdHeader header, bool hasDirections)
    {
        const string Expected = "left-posterior-superior (LPS), right-anterior-superior (RAS) or left-anterior-superior (LAS)";
        if (header["space"] is not { } space)
        {
            if (hasDirections)
            {
                throw new VolumeFormatException($"a NRRD header with space directions must name its space: add \"space: \" with {Expected}");
            }

            return WorldFrame.Lps;
        }

        return space.ToUpperInvariant() switch
        {
            "LEFT-POSTERIOR-SUPERIOR" or "LPS" => WorldFrame.Lps,
            "RIGHT-ANTERIOR-SUPERIOR" or "RAS" => WorldFrame.Ras,
            "LEFT-ANTERIOR-SUPERIOR" or "LAS" => WorldFrame.Las,
            _ => throw new VolumeFormatException($"NRRD \"space\" must be {Expected}, got \"{NrrdText.Quote(space)}\""),
        };
    }

    /// <summary>Axes of kind space or domain, or of no known kind; of more than three, those of size 1 drop out from the last on.</summary>
    private static List<int> AxesByKind(string[]? kinds, long[] sizes)
    {
        var axes = Enumerable.Range(0, sizes.Length)
            .Where(axis => kinds is null || kinds[axis].ToUpperInvariant() is "SPACE" or "DOMAIN" or "???" or "NONE")
            .ToList();
        for (var n = axes.Count - 1; n >= 0 && axes.Count > 3; n--)
        {
            if (sizes[axes[n]] == 1)
            {
                axes.RemoveAt(n);
            }
        }

        return axes;
    }

    private static void RequireOneVolume(List<int> axes, long[] sizes, string field)
    {
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (!axes.Contains(axis) && sizes[axis] != 1)
            {
                throw new VolumeFormatException(
                    $"one scalar volume is expected, but axis {axis} of this NRRD is not spatial (\"{field}\") and has size {sizes[axis]}; take one volume out of it first");
            }
        }

        if (axes.Count is < 2 or > 3)
        {
            throw new VolumeFormatException($"a NRRD volume must have 2 or 3 spatial axes, got {axes.Count} (\"{field}\")");
        }
    }

    private static GridSteps FromDirections(string[] directions, List<int> axes, WorldFrame frame)
    {
        var (i, j) = (StepOf(0), StepOf(1));
        return new GridSteps(i, j, axes.Count == 3 ? StepOf(2) : NormalOf(i, j), default);

        LpsVector StepOf(int n)
        {
            var (x, y, z) = NrrdText.Vector(directions[axes[n]], "space directions");
            return frame.ToLps(x, y, z);
        }
    }

    private static LpsVector NormalOf(LpsVector i, LpsVector j)
    {
        var normal = i.Cross(j);
        return normal * (1 / normal.Length);
    }

    private static GridSteps FromSpacings(NrrdHeader header, int dimension, List<int> axes, WorldFrame frame)
    {
        var spacings = header.PerAxis("spacings", dimension);
        return new GridSteps(
            frame.ToLps(SpacingOf(0), 0, 0),
            frame.ToLps(0, SpacingOf(1), 0),
            frame.ToLps(0, 0, axes.Count == 3 ? SpacingOf(2) : 1),
            default);

        double SpacingOf(int n)
        {
            if (spacings is null)
            {
                return 1;
            }

            var word = spacings[axes[n]];
            return NrrdText.TryNumber(word, out var spacing) && double.IsFinite(spacing) && spacing != 0
                ? spacing
                : throw new VolumeFormatException(
                    $"NRRD \"spacings\" must be a number other than 0 along each spatial axis, got \"{NrrdText.Quote(word)}\" for axis {axes[n]}");
        }
    }

    private static LpsPoint OriginOf(NrrdHeader header, WorldFrame frame)
    {
        if (header["space origin"] is not { } text)
        {
            return default;
        }

        var (x, y, z) = NrrdText.Vector(text, "space origin");
        return frame.ToLpsPoint(x, y, z);
    }
}
