using SegBridge.Cli.Simulation.Scribbles;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Simulation;

/// <summary>
/// PRISM's simulated reader of volumes (paper: prompts sampled from the error; test protocol of 11 steps), on the volume's
/// own grid. <c>prism-plain</c>: one click a step at a random voxel of the error, positive where the object was missed.
/// <c>prism-ultra</c>: also a tight box with the first step, and at every step broken, wobbling centerlines on each slice
/// of what was missed and of what is too much, of each the first 10,000 voxels in the order i, j, k. Before the first step everything is missed. All chance comes from the given
/// <see cref="Random"/>.
/// </summary>
internal sealed class VolumeRadiologist
{
    private const int MostScribbled = 10_000;

    private readonly bool _draws;

    private VolumeRadiologist(bool draws) => _draws = draws;

    /// <summary>The names that <see cref="Named"/> takes, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["prism-ultra", "prism-plain"];

    /// <exception cref="ArgumentException">There is no protocol of this name.</exception>
    public static VolumeRadiologist Named(string protocol) => protocol switch
    {
        "prism-ultra" => new VolumeRadiologist(draws: true),
        "prism-plain" => new VolumeRadiologist(draws: false),
        _ => throw new ArgumentException($"a protocol must be one of {string.Join(", ", Names)}, got \"{protocol}\"", nameof(protocol)),
    };

    /// <summary>The prompts of the first step; the truth must not be empty.</summary>
    public VolumePrompts Start(VolumeMask truth, VolumeGeometry geometry, Random random) =>
        (Correct(truth, new VolumeMask(truth.Size), geometry, random)
            ?? throw new ArgumentException("the volume shows nothing to segment", nameof(truth)))
        with { Box = _draws ? truth.BoundingBox : null };

    /// <summary>The prompts of a later step, made from what is wrong; null when nothing is.</summary>
    public VolumePrompts? Correct(VolumeMask truth, VolumeMask predicted, VolumeGeometry geometry, Random random)
    {
        var errors = new VolumeErrors(truth, predicted, geometry);
        if (errors.Count == 0)
        {
            return null;
        }

        var click = errors.Any(random);
        return _draws
            ? new VolumePrompts(
                [click], Scribble(errors, slice => slice.Missed, geometry, random), Scribble(errors, slice => slice.Excess, geometry, random), null)
            : new VolumePrompts([click], null, null, null);
    }

    private static BitBlock? Scribble(VolumeErrors errors, Func<SliceErrors, SliceMap> regionOf, VolumeGeometry geometry, Random random)
    {
        var slices = errors.Slices.Where(slice => !regionOf(slice).IsEmpty).ToArray();
        if (slices.Length == 0)
        {
            return null;
        }

        var block = new BitBlock(slices.Aggregate(VoxelBox.Empty, (box, slice) => box.Union(slice.Box)));
        foreach (var slice in slices)
        {
            var (row, column) = slice.Plane.PixelSpacing(geometry.Spacing);
            var drawn = CenterlineStroke.DrawTouched(regionOf(slice), new StrokeUnit(1 / row, 1 / column), random);
            for (var at = 0; at < drawn.Pixels.Length; at++)
            {
                if (drawn.Pixels[at] != 0)
                {
                    block[slice.VoxelAt(at / drawn.Columns, at % drawn.Columns)] = true;
                }
            }
        }

        return Bounded(block);
    }

    private static BitBlock Bounded(BitBlock drawn)
    {
        if (drawn.Count > MostScribbled)
        {
            foreach (var voxel in drawn.Voxels.OrderBy(v => v.I).ThenBy(v => v.J).ThenBy(v => v.K).Skip(MostScribbled).ToArray())
            {
                drawn[voxel] = false;
            }
        }

        return drawn.Crop(drawn.BoundingBox);
    }
}
