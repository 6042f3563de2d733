using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Turns prompts on a volume into what a 2D model takes: points and boxes in slice pixels, and 0/1 maps
/// (rows × columns) of positive and negative strokes. A lasso counts as a stroke that covers its inside.
/// </summary>
internal sealed class SlicePromptRaster
{
    private readonly SlicePlane _plane;
    private readonly VolumeGeometry _geometry;
    private readonly int _rows;
    private readonly int _columns;
    private readonly SlicePrompts _slice = new();

    private SlicePromptRaster(SlicePlane plane, VolumeGeometry geometry)
    {
        (_plane, _geometry) = (plane, geometry);
        (_rows, _columns) = plane.ShapeIn(geometry.Size);
    }

    /// <summary>Draws prompts, which were checked, onto a slice of the volume.</summary>
    /// <exception cref="InvalidRequestException">A prompt is not on the slice.</exception>
    public static SlicePrompts Draw(IEnumerable<Prompt> prompts, SlicePlane plane, VolumeGeometry geometry)
    {
        var raster = new SlicePromptRaster(plane, geometry);
        foreach (var prompt in prompts)
        {
            raster.Draw(prompt);
        }

        return raster._slice;
    }

    private void Draw(Prompt prompt)
    {
        switch (prompt)
        {
            case PointPrompt point:
                PromptPlane.RequireOn(_plane, point.At, "the point");
                DrawPoint(point);
                break;
            case BoxPrompt box:
                DrawBox(box.Box);
                break;
            case ScribblePrompt scribble:
                DrawVoxels(scribble.Voxels, MapOf(scribble.Polarity));
                break;
            case StrokePrompt stroke:
                var path = OnSlice(stroke.Path, "the scribble");
                StrokeRaster.Draw(MapOf(stroke.Polarity), _rows, _columns, path, stroke.RadiusMm, _plane.PixelSpacing(_geometry.Spacing));
                break;
            case LassoPrompt lasso:
                Rasteriser.Polygon(MapOf(lasso.Polarity), _rows, _columns, OnSlice(lasso.Outline, "the lasso"));
                break;
            case MaskPrompt:
                // Not drawn: it changes the mask that the prediction starts from.
                break;
        }
    }

    // A click means the voxel that it is in; on the volume's very edge, the last one.
    private void DrawPoint(PointPrompt point)
    {
        var (row, column) = _plane.PixelOf(point.At.Nearest());
        _slice.Points.Add(new SlicePoint(
            Math.Clamp(row, 0, _rows - 1), Math.Clamp(column, 0, _columns - 1), point.Polarity == Polarity.Positive));
    }

    private void DrawBox(VoxelBox box)
    {
        var section = box.Intersect(_plane.BoxIn(_geometry.Size));
        if (section.IsEmpty)
        {
            throw new InvalidRequestException($"the box {box} does not meet the slice {_plane.Axis} = {_plane.Index}");
        }

        var (row0, column0) = _plane.PixelOf(section.Lower);
        var (row1, column1) = _plane.PixelOf(new Ijk(section.Upper.I - 1, section.Upper.J - 1, section.Upper.K - 1));
        _slice.Boxes.Add(new SliceBox(row0, column0, row1 + 1, column1 + 1));
    }

    private void DrawVoxels(BitBlock voxels, byte[] map)
    {
        var section = voxels.Box.Intersect(_plane.BoxIn(_geometry.Size));
        var drawn = false;
        for (var k = section.Lower.K; k < section.Upper.K; k++)
        {
            for (var j = section.Lower.J; j < section.Upper.J; j++)
            {
                for (var i = section.Lower.I; i < section.Upper.I; i++)
                {
                    var voxel = new Ijk(i, j, k);
                    if (voxels[voxel])
                    {
                        var (row, column) = _plane.PixelOf(voxel);
                        map[(row * _columns) + column] = 1;
                        drawn = true;
                    }
                }
            }
        }

        if (!drawn)
        {
            throw new InvalidRequestException(
                $"the scribble has no voxel on the slice {_plane.Axis} = {_plane.Index}; a 2D model takes prompts on the slice it predicts");
        }
    }

    private PixelPoint[] OnSlice(IReadOnlyList<VoxelPoint> points, string what)
    {
        var pixels = new PixelPoint[points.Count];
        for (var n = 0; n < pixels.Length; n++)
        {
            PromptPlane.RequireOn(_plane, points[n], what);
            pixels[n] = PixelOf(points[n]);
        }

        return pixels;
    }

    private PixelPoint PixelOf(VoxelPoint point)
    {
        var (row, column) = _plane.PixelOf(point);
        return new PixelPoint(row, column);
    }

    private byte[] MapOf(Polarity polarity) => polarity == Polarity.Positive
        ? _slice.PositiveScribble ??= new byte[_rows * _columns]
        : _slice.NegativeScribble ??= new byte[_rows * _columns];
}
