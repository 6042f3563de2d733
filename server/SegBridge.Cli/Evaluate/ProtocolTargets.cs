using SegBridge.Cli.Cases;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Evaluate;

/// <summary>What the readers of a protocol prompt on in a case.</summary>
internal static class ProtocolTargets
{
    /// <summary>Names of all protocols: those for volumes first, then those for slices.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. VolumeRadiologist.Names, .. Radiologist.Names];

    public static bool IsForVolumes(string protocol) => VolumeRadiologist.Names.Contains(protocol);

    /// <summary>Steps that the papers play.</summary>
    public static int UsualSteps(string protocol) => IsForVolumes(protocol) ? 11 : protocol == "center-clicks" ? 20 : 10;

    /// <summary>The object itself or, for a reader of slices, the middle and the largest slice of it across K.</summary>
    /// <exception cref="ArgumentException">There is no protocol of this name.</exception>
    public static IEnumerable<Target> Of(LabelledCase labelled, string protocol)
    {
        if (IsForVolumes(protocol))
        {
            return [new VolumeTarget(labelled, VolumeRadiologist.Named(protocol))];
        }

        var areas = labelled.AreasAcrossK();
        var shown = Enumerable.Range(0, areas.Length).Where(k => areas[k] > 0).ToArray();
        int[] slices = shown.Length == 0 ? [] : [shown[shown.Length / 2], shown.MaxBy(k => areas[k])];
        return slices.Distinct().Select(k => new SliceTarget(labelled, new SlicePlane(Axis.K, k), Radiologist.Named(protocol)));
    }
}
