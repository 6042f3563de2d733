using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Morphology;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Turns prompts on a volume into what a 2D model takes: points and boxes in slice pixels, and 0/1 maps
/// (rows × columns) of positive and negative strokes. A lasso counts as a stroke that covers its inside.
/// </summary>
internal sealed class SlicePromptRaster
{
    // Half a pixel beyond the outermost centres; the rest is rounding of world coordinates.
    private const double Edge = 0.5 + 1e-3;

    private readonly string _title;
    private readonly SectionFrame _frame;
    private readonly int _rows;
    private readonly int _columns;
    private readonly SlicePrompts _slice = new();

    private SlicePromptRaster(Section section, VolumeGeometry geometry)
    {
        (_title, _frame) = (section.Title, SectionFrame.Of(section, geometry));
        (_rows, _columns) = (_frame.Rows, _frame.Columns);
    }

    /// <summary>Draws prompts, which were checked, onto a slice of the volume.</summary>
    /// <exception cref="InvalidRequestException">A prompt is not on the slice.</exception>
    public static SlicePrompts Draw(IEnumerable<Prompt> prompts, Section section, VolumeGeometry geometry)
    {
        var raster = new SlicePromptRaster(section, geometry);
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
                DrawPoint(point);
                break;
            case BoxPrompt box:
                DrawBox(box.Box);
                break;
            case ScribblePrompt scribble:
                if (!_frame.Draw(scribble.Voxels, MapOf(scribble.Polarity)))
                {
                    throw new InvalidRequestException(
                        $"the scribble has no voxel on the {_title}; a 2D model takes prompts on the slice it predicts");
                }

                break;
            case StrokePrompt stroke:
                var path = OnSlice(stroke.Path, "the scribble");
                StrokeRaster.Draw(MapOf(stroke.Polarity), _rows, _columns, path, stroke.RadiusMm, _frame.PixelSpacing);
                break;
            case LassoPrompt lasso:
                Rasteriser.Polygon(MapOf(lasso.Polarity), _rows, _columns, OnSlice(lasso.Outline, "the lasso"));
                break;
            case MaskPrompt:
                // Not drawn: it changes the mask that the prediction starts from.
                break;
        }
    }

    // A click means the pixel that it is in; on the slice's very edge, the last one.
    private void DrawPoint(PointPrompt point)
    {
        var at = _frame.PixelOf(point.At, "the point");
        if (!(at.Row >= -Edge && at.Row <= _rows - 1 + Edge && at.Column >= -Edge && at.Column <= _columns - 1 + Edge))
        {
            throw new InvalidRequestException($"the point is beside the {_rows} × {_columns} pixels of the {_title}");
        }

        _slice.Points.Add(new SlicePoint(Nearest(at.Row, _rows), Nearest(at.Column, _columns), point.Polarity == Polarity.Positive));
    }

    private static int Nearest(double at, int count) => Math.Clamp((int)Math.Floor(at + 0.5), 0, count - 1);

    private void DrawBox(VoxelBox box) => _slice.Boxes.Add(
        _frame.Cut(box) ?? throw new InvalidRequestException($"the box {box} does not meet the {_title}"));

    private PixelPoint[] OnSlice(IReadOnlyList<VoxelPoint> points, string what)
    {
        var pixels = new PixelPoint[points.Count];
        for (var n = 0; n < pixels.Length; n++)
        {
            pixels[n] = _frame.PixelOf(points[n], what);
        }

        return pixels;
    }

    private byte[] MapOf(Polarity polarity) => polarity == Polarity.Positive
        ? _slice.PositiveScribble ??= new byte[_rows * _columns]
        : _slice.NegativeScribble ??= new byte[_rows * _columns];
}
