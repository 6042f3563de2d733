using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Morphology;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Turns prompts on a volume into what a 3D model takes: clicked positions, boxes, and the voxels of strokes. A lasso
/// counts as a stroke that covers its inside. A stroke or lasso that lies in one slice is drawn in that slice;
/// one that runs through several is drawn as the voxels within the brush radius (mm) of its path.
/// </summary>
internal sealed class VolumePromptRaster
{
    // As many as the voxels of a scribble that is given by them.
    private const int MaxTubeVoxels = 1_000_000;

    private readonly VolumeGeometry _geometry;
    private readonly VolumePromptVoxels _drawn = new();

    private VolumePromptRaster(VolumeGeometry geometry) => _geometry = geometry;

    /// <summary>Draws prompts, which were checked.</summary>
    public static VolumePromptVoxels Draw(IEnumerable<Prompt> prompts, VolumeGeometry geometry) =>
        Draw(prompts.Select(prompt => new DrawnPrompt(prompt, null)), geometry);

    /// <summary>Draws prompts, which were checked, of slices and of the volume.</summary>
    /// <exception cref="InvalidRequestException">A stroke covers too much.</exception>
    public static VolumePromptVoxels Draw(IEnumerable<DrawnPrompt> prompts, VolumeGeometry geometry)
    {
        var raster = new VolumePromptRaster(geometry);
        foreach (var (prompt, slice) in prompts)
        {
            raster.Draw(prompt, slice);
        }

        return raster._drawn;
    }

    private void Draw(Prompt prompt, SlicePlane? slice)
    {
        switch (prompt)
        {
            case PointPrompt point:
                _drawn.AddPoint(point.At, VoxelOf(point.At, slice), point.Polarity);
                break;
            case BoxPrompt box:
                _drawn.Box = box.Box.Intersect(_geometry.Bounds);
                break;
            case ScribblePrompt scribble:
                _drawn.AddStroke(scribble.Voxels.Voxels, scribble.Polarity);
                break;
            case StrokePrompt stroke:
                DrawStroke(stroke, slice ?? PlaneOf(stroke.Path));
                break;
            case LassoPrompt lasso:
                // A lasso is drawn on a slice; of one that leans, the slice of its first point is taken.
                DrawLasso(lasso, slice ?? PlaneOf(lasso.Outline) ?? new SlicePlane(Axis.K, lasso.Outline[0].Nearest().K));
                break;
            case DrawnPrompt.ForgetPrompt forget:
                _drawn.Forget(forget.Box);
                break;
            case MaskPrompt:
                // Not drawn: it changes the mask that the prediction starts from.
                break;
        }
    }

    // The voxel that a click is in; on the very edge of the volume or the slice, the last one.
    private Ijk VoxelOf(VoxelPoint at, SlicePlane? slice)
    {
        var box = slice?.BoxIn(_geometry.Size) ?? _geometry.Bounds;
        return box.Nearest(at.Nearest());
    }

    private void DrawStroke(StrokePrompt stroke, SlicePlane? slice)
    {
        if (slice is not { } plane)
        {
            var tube = TubeRaster.VoxelsOf(stroke.Path, stroke.RadiusMm, _geometry).Take(MaxTubeVoxels + 1).ToList();
            _drawn.AddStroke(
                tube.Count <= MaxTubeVoxels
                    ? tube
                    : throw new InvalidRequestException(
                        $"prompts: a scribble through several slices covers more than {MaxTubeVoxels} voxels; draw it with a smaller radius_mm"),
                stroke.Polarity);
            return;
        }

        var (rows, columns) = plane.ShapeIn(_geometry.Size);
        var map = new byte[rows * columns];
        StrokeRaster.Draw(map, rows, columns, OnSlice(stroke.Path, plane), stroke.RadiusMm, plane.PixelSpacing(_geometry.Spacing));
        Keep(map, plane, columns, stroke.Polarity);
    }

    private void DrawLasso(LassoPrompt lasso, SlicePlane plane)
    {
        var (rows, columns) = plane.ShapeIn(_geometry.Size);
        var map = new byte[rows * columns];
        Rasteriser.Polygon(map, rows, columns, OnSlice(lasso.Outline, plane));
        Keep(map, plane, columns, lasso.Polarity, isArea: true);
    }

    private void Keep(byte[] map, SlicePlane plane, int columns, Polarity polarity, bool isArea = false)
    {
        var voxels = new List<Ijk>();
        for (var n = 0; n < map.Length; n++)
        {
            // Most of a map is empty: whole stretches are passed over at once.
            var skipped = map.AsSpan(n).IndexOfAnyExcept((byte)0);
            if (skipped < 0)
            {
                break;
            }

            n += skipped;
            voxels.Add(plane.VoxelAt(n / columns, n % columns));
        }

        _drawn.AddStroke(voxels, polarity, isArea);
    }

    // The slice that all points lie on; across K when several do.
    private static SlicePlane? PlaneOf(IReadOnlyList<VoxelPoint> path)
    {
        var first = path[0].Nearest();
        foreach (var axis in (Axis[])[Axis.K, Axis.J, Axis.I])
        {
            if (path.All(point => point.Nearest()[axis] == first[axis]))
            {
                return new SlicePlane(axis, first[axis]);
            }
        }

        return null;
    }

    private static PixelPoint[] OnSlice(IReadOnlyList<VoxelPoint> path, SlicePlane plane)
    {
        var pixels = new PixelPoint[path.Count];
        for (var n = 0; n < pixels.Length; n++)
        {
            var (row, column) = plane.PixelOf(path[n]);
            pixels[n] = new PixelPoint(row, column);
        }

        return pixels;
    }
}
