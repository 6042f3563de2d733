using System.Globalization;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions;
using SegBridge.Sessions.Prompts;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Prompts. World positions become voxel indices by the session's geometry.</summary>
internal static class PromptMapping
{
    private const int MaxPolylinePoints = 100_000;

    public static IReadOnlyList<Prompt> ToPrompts(Google.Protobuf.Collections.RepeatedField<Wire.Prompt> prompts, Session session)
    {
        if (prompts.Count > session.Limits.MaxPrompts)
        {
            throw new InvalidFieldException("prompts", $"must be at most {session.Limits.MaxPrompts}, got {prompts.Count}");
        }

        var result = new Prompt[prompts.Count];
        for (var n = 0; n < result.Length; n++)
        {
            result[n] = ToPrompt(prompts[n], session, string.Create(CultureInfo.InvariantCulture, $"prompts[{n}]"));
        }

        return result;
    }

    private static Prompt ToPrompt(Wire.Prompt prompt, Session session, string path)
    {
        switch (prompt.KindCase)
        {
            case Wire.Prompt.KindOneofCase.Point:
                return new PointPrompt(
                    ToPolarity(prompt.Point.Polarity, $"{path}.point.polarity"), ToPosition(prompt.Point, session.Volume.Geometry, $"{path}.point"));
            case Wire.Prompt.KindOneofCase.Box:
                return new BoxPrompt(ToPromptBox(prompt.Box.Box, session.Volume.Geometry.Bounds, $"{path}.box.box"));
            case Wire.Prompt.KindOneofCase.Scribble:
                return ToScribble(prompt.Scribble, session, $"{path}.scribble");
            case Wire.Prompt.KindOneofCase.Lasso:
                var outline = ToPoints(prompt.Lasso.Outline, session.Volume.Geometry, $"{path}.lasso.outline");
                return outline.Count >= 3
                    ? new LassoPrompt(ToPolarity(prompt.Lasso.Polarity, $"{path}.lasso.polarity"), outline)
                    : throw new InvalidFieldException($"{path}.lasso.outline", $"must have at least 3 points, got {outline.Count}");
            case Wire.Prompt.KindOneofCase.Mask:
                return new MaskPrompt(MaskMapping.ToBlock(prompt.Mask.Mask, session, $"{path}.mask.mask"));
            default:
                throw new InvalidFieldException(path, "must be a point, box, scribble, lasso or mask; none is set");
        }
    }

    private static Prompt ToScribble(Wire.ScribblePrompt scribble, Session session, string path)
    {
        var polarity = ToPolarity(scribble.Polarity, $"{path}.polarity");
        switch (scribble.StrokeCase)
        {
            case Wire.ScribblePrompt.StrokeOneofCase.Voxels:
                var voxels = MaskMapping.ToBlock(scribble.Voxels, session, $"{path}.voxels");
                return voxels.Count > 0
                    ? new ScribblePrompt(polarity, voxels)
                    : throw new InvalidFieldException($"{path}.voxels", "must cover at least one voxel");
            case Wire.ScribblePrompt.StrokeOneofCase.Path:
                var radius = Field.Finite(scribble.RadiusMm, $"{path}.radius_mm");
                return radius is >= 0 and <= 100
                    ? new StrokePrompt(polarity, ToPoints(scribble.Path, session.Volume.Geometry, $"{path}.path"), radius)
                    : throw new InvalidFieldException($"{path}.radius_mm", "must be in 0..100 mm");
            default:
                throw new InvalidFieldException($"{path}.stroke", "must be voxels or path; neither is set");
        }
    }

    private static VoxelPoint ToPosition(Wire.PointPrompt point, VolumeGeometry geometry, string path)
    {
        switch (point.PositionCase)
        {
            case Wire.PointPrompt.PositionOneofCase.Ijk:
                return GeometryMapping.ToVoxelPoint(point.Ijk, $"{path}.ijk");
            case Wire.PointPrompt.PositionOneofCase.Lps:
                return geometry.ToVoxel(GeometryMapping.ToLps(point.Lps, $"{path}.lps"));
            default:
                throw new InvalidFieldException($"{path}.position", "must be ijk or lps; neither is set");
        }
    }

    private static VoxelBox ToPromptBox(Wire.VoxelBox? wire, VoxelBox bounds, string path)
    {
        var box = GeometryMapping.ToBox(wire, path);
        var inside = box.Intersect(bounds);
        return inside.IsEmpty
            ? throw new InvalidFieldException(path, $"must hold at least one voxel of the volume {bounds}")
            : inside;
    }

    private static List<VoxelPoint> ToPoints(Wire.Polyline? line, VolumeGeometry geometry, string path)
    {
        Field.Required(line, path);
        switch (line.PointsCase)
        {
            case Wire.Polyline.PointsOneofCase.Ijk:
                var voxels = line.Ijk.Coordinates;
                return Triples(voxels.Count, n => voxels[n], static (a, b, c) => new VoxelPoint(a, b, c), $"{path}.ijk");
            case Wire.Polyline.PointsOneofCase.Lps:
                var world = line.Lps.Coordinates;
                return Triples(world.Count, n => world[n], (a, b, c) => geometry.ToVoxel(new LpsPoint(a, b, c)), $"{path}.lps");
            default:
                throw new InvalidFieldException($"{path}.points", "must be ijk or lps; neither is set");
        }
    }

    private static List<VoxelPoint> Triples(int count, Func<int, double> at, Func<double, double, double, VoxelPoint> point, string path)
    {
        if (count == 0 || count % 3 != 0 || count / 3 > MaxPolylinePoints)
        {
            throw new InvalidFieldException($"{path}.coordinates", $"must be 3 numbers for each of 1..{MaxPolylinePoints} points, got {count} numbers");
        }

        var points = new List<VoxelPoint>(count / 3);
        for (var n = 0; n < count; n += 3)
        {
            var (a, b, c) = (at(n), at(n + 1), at(n + 2));
            points.Add(double.IsFinite(a) && double.IsFinite(b) && double.IsFinite(c)
                ? point(a, b, c)
                : throw new InvalidFieldException($"{path}.coordinates", $"must be finite numbers; those of point {n / 3} are not"));
        }

        return points;
    }

    private static Polarity ToPolarity(Wire.Polarity polarity, string path) => polarity switch
    {
        Wire.Polarity.Positive => Polarity.Positive,
        Wire.Polarity.Negative => Polarity.Negative,
        _ => throw Field.Unnamed(polarity, path),
    };
}
