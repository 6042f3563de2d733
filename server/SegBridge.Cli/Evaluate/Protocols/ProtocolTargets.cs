using SegBridge.Cli.Cases;
using SegBridge.Cli.Cases.Given;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Cli.Simulation.Scribbles;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Evaluate.Protocols;

/// <summary>What the readers of a protocol prompt for in a case.</summary>
internal sealed class ProtocolTargets(EvaluationSettings settings)
{
    // On the drawing grid; less cannot be judged.
    private const int LeastPixels = 10;

    /// <summary>
    /// In volumes each label and all together; on slices each label of an image and, of a volume, the middle slice where it
    /// shows the label and the slice of most of it.
    /// </summary>
    public IEnumerable<EvaluatedObject> Of(Dataset dataset, DatasetCase entry)
    {
        var objects = dataset.ObjectsOf(entry);
        var targets = settings.Protocol switch
        {
            { IsForVolumes: true } => objects.Where(labelled => labelled.Image.Geometry.Size.K > 1)
                .Select(Target (labelled) => new VolumeTarget(labelled, VolumeRadiologist.Named(settings.Protocol.Name))),
            { IsGiven: true } => Given(dataset, entry, [.. objects.Where(labelled => labelled.Value is not null)]),
            _ => objects.Where(labelled => labelled.Value is not null)
                .SelectMany(labelled => Slices(labelled, settings.Axes).Select(slice => new SliceTarget(labelled, slice, Radiologist.Named(settings.Protocol.Name, settings.BoxJitter)))),
        };
        return targets.SelectMany(target => Enumerable.Range(settings.Seed, settings.Seeds)
            .Select(seed => new EvaluatedObject(target, dataset.Name, entry.Subject, dataset.LabelOf(target.Case.Value), seed)));
    }

    /// <summary>The slice across K with most of an object; null where too little of it shows.</summary>
    public static SlicePlane? Largest(LabelledCase labelled) => Slices(labelled, [Axis.K]).Select(slice => (SlicePlane?)slice).LastOrDefault();

    // The middle one, if any, before the largest.
    private static IEnumerable<SlicePlane> Slices(LabelledCase labelled, IReadOnlyList<Axis> axes)
    {
        var size = labelled.Image.Geometry.Size;
        foreach (var axis in size.K == 1 ? [Axis.K] : axes)
        {
            var areas = labelled.AreasAcross(axis);
            var (middle, largest) = (areas.Length / 2, areas.IndexOf(areas.Max()));
            foreach (var index in middle == largest ? [largest] : (int[])[middle, largest])
            {
                var slice = new SlicePlane(axis, index);
                if (areas[index] > 0 && IsLargeEnough(labelled.TruthOn(slice)))
                {
                    yield return slice;
                }
            }
        }
    }

    private static bool IsLargeEnough(SliceMap truth)
    {
        var coarse = new DrawingGrid(truth.Rows, truth.Columns).Coarsen(truth);
        return coarse.Count >= LeastPixels;
    }

    // Of the slices that are scribbled on.
    private static IEnumerable<Target> Given(Dataset dataset, DatasetCase entry, IReadOnlyList<LabelledCase> objects)
    {
        var files = GivenScribbles.FilesOf(dataset, entry);
        foreach (var (labelled, file) in objects.SelectMany(labelled => files.Select(file => (labelled, file))))
        {
            var scribbles = GivenScribbles.Read(dataset.PathOf(file), labelled, objects.Max(one => one.Value!.Value));
            var areas = labelled.AreasAcross(Axis.K);
            var drawn = Enumerable.Range(0, areas.Length).Select(k => new SlicePlane(Axis.K, k))
                .Where(slice => areas[slice.Index] > 0 && IsLargeEnough(labelled.TruthOn(slice)) && !scribbles.On(slice).Positive.IsEmpty).ToArray();
            if (drawn.Length == 0)
            {
                continue;
            }

            foreach (var slice in new[] { drawn[drawn.Length / 2], drawn.MaxBy(slice => areas[slice.Index]) }.Distinct())
            {
                var (positive, negative) = scribbles.On(slice);
                var by = files.Count > 1 ? scribbles.Name : null;
                yield return new SliceTarget(labelled, slice, new GivenScribblesReader(positive, negative), by);
            }
        }
    }
}
