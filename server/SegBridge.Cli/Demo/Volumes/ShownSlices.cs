using SegBridge.Cli.Cases;
using SegBridge.Cli.Play;
using SegBridge.Cli.Sheet;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Demo.Volumes;

/// <summary>
/// What a contact sheet shows of a volume: slices across K through the object and, across I and J, the one with most of it;
/// on each the prompts so far and the mask after every step.
/// </summary>
internal sealed class ShownSlices
{
    private readonly LabelledCase _case;
    private readonly VolumeMask _positive;
    private readonly VolumeMask _negative;
    private readonly (SlicePlane Plane, SliceMap Truth, List<SheetStep> Steps)[] _slices;

    /// <param name="labelled">With an object.</param>
    /// <param name="across">Slices across K at most.</param>
    public ShownSlices(LabelledCase labelled, int across)
    {
        _case = labelled;
        var size = labelled.Image.Geometry.Size;
        (_positive, _negative) = (new VolumeMask(size), new VolumeMask(size));
        SlicePlane[] planes =
        [
            .. SliceChoice.Across(labelled.AreasAcrossK(), across).Select(k => new SlicePlane(Axis.K, k)),
            Largest(labelled.Truth(), Axis.J),
            Largest(labelled.Truth(), Axis.I),
        ];
        _slices = [.. planes.Select(plane => (plane, labelled.TruthOn(plane), new List<SheetStep>()))];
    }

    /// <summary>Remembers what a step drew and made.</summary>
    public void Add(VolumePrompts drawn, VolumeMask mask)
    {
        foreach (var click in drawn.Clicks)
        {
            (click.Positive ? _positive : _negative)[click.Voxel] = true;
        }

        foreach (var (all, block) in new[] { (_positive, drawn.Positive), (_negative, drawn.Negative) })
        {
            foreach (var voxel in block?.Voxels ?? [])
            {
                all[voxel] = true;
            }
        }

        foreach (var (plane, truth, steps) in _slices)
        {
            SliceMap MapOf(VolumeMask of) => SlicePromptMessages.MapOf(of, plane);
            var shown = MapOf(mask);
            steps.Add(new SheetStep(
                FormattableString.Invariant($"step {steps.Count + 1}"), new SliceOverlay(MapOf(_positive), MapOf(_negative), shown), Overlap.Dice(truth, shown)));
        }
    }

    /// <param name="window">Null: for each slice the middle 99 % of its values.</param>
    public IEnumerable<SheetRow> Rows(IntensityWindow? window)
    {
        foreach (var (plane, _, steps) in _slices)
        {
            var view = DemoFiles.ViewOf(_case, plane);
            yield return new SheetRow($"slice {plane.Axis} {plane.Index}".ToLowerInvariant(), view, window ?? DemoFiles.WindowOf(view), steps);
        }
    }

    private static SlicePlane Largest(VolumeMask truth, Axis axis)
    {
        var box = truth.BoundingBox;
        return Enumerable.Range(box.Lower[axis], box.Size[axis])
            .Select(index => new SlicePlane(axis, index))
            .MaxBy(plane => truth.Read(plane.BoxIn(truth.Size)).Count);
    }
}
