using SegBridge.Cli.Client;
using SegBridge.Cli.Demo;
using SegBridge.Cli.Play;
using SegBridge.Cli.Sheet;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>What an object looked like in the end: its slice with all prompts, the mask's outline and the truth's.</summary>
/// <param name="target">A volume is shown where most of the object is.</param>
internal sealed class ObjectPicture(Target target)
{
    private const int Side = 300;

    private readonly VolumeMask _positive = new(target.Case.Image.Geometry.Size);
    private readonly VolumeMask _negative = new(target.Case.Image.Geometry.Size);

    /// <summary>A PNG; empty before <see cref="Draw"/>.</summary>
    public byte[] Png { get; private set; } = [];

    /// <summary>Remembers points and scribbles of a step.</summary>
    public void Add(IEnumerable<V1.Prompt> prompts)
    {
        foreach (var prompt in prompts)
        {
            if (prompt.Point is { } point)
            {
                var voxel = new Ijk((int)Math.Round(point.Ijk.I), (int)Math.Round(point.Ijk.J), (int)Math.Round(point.Ijk.K));
                Marked(point.Polarity)[voxel] = true;
            }
            else if (prompt.Scribble is { } scribble)
            {
                foreach (var voxel in scribble.Voxels.FromWire().Voxels)
                {
                    Marked(scribble.Polarity)[voxel] = true;
                }
            }
        }
    }

    /// <param name="mask">In the end.</param>
    /// <param name="window">Null: the middle 99 % of the slice's values.</param>
    public void Draw(VolumeMask mask, IntensityWindow? window)
    {
        var areas = target.Slice is null ? target.Case.AreasAcrossK() : [];
        var slice = target.Slice ?? new SlicePlane(Axis.K, areas.IndexOf(areas.Max()));
        var view = DemoFiles.ViewOf(target.Case, slice);
        var overlay = new SliceOverlay(
            Thickened(SlicePromptMessages.MapOf(_positive, slice)), Thickened(SlicePromptMessages.MapOf(_negative, slice)), SlicePromptMessages.MapOf(mask, slice));
        var canvas = new Canvas(Side, Side, Rgb.Grey(0));
        Tile.Draw(canvas, 0, 0, Side, view, PixelFrame.Around(view), window ?? WindowOf(view), overlay);
        using var png = new MemoryStream();
        canvas.Save(png);
        Png = png.ToArray();
    }

    private VolumeMask Marked(V1.Polarity polarity) => polarity == V1.Polarity.Positive ? _positive : _negative;

    // A click of one pixel would hardly be seen on a large slice.
    private static SliceMap Thickened(SliceMap map)
    {
        var reach = Math.Max(map.Rows, map.Columns) / 200;
        var result = new SliceMap(map.Rows, map.Columns, [.. map.Pixels]);
        for (var at = 0; reach > 0 && at < map.Pixels.Length; at++)
        {
            var (row, column) = Math.DivRem(at, map.Columns);
            for (var r = Math.Max(0, row - reach); map.Pixels[at] != 0 && r <= Math.Min(map.Rows - 1, row + reach); r++)
            {
                for (var c = Math.Max(0, column - reach); c <= Math.Min(map.Columns - 1, column + reach); c++)
                {
                    result[r, c] = true;
                }
            }
        }

        return result;
    }

    private static IntensityWindow WindowOf(SliceView view)
    {
        var (low, high) = Percentiles.Of(view.Values, 0.5, 99.5);
        return new IntensityWindow(low, Math.Max(high, low + 1e-6));
    }
}
